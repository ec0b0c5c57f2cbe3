"""All formats that are tried, by the name that the command line uses."""

from random import Random

from fuzz.csv_files import csv_sample
from fuzz.fix_logs import fix_sample
from fuzz.map_files import map_sample
from fuzz.parquet_files import parquet_sample
from fuzz.rule605_reports import rule605_sample
from fuzz.rule606_reports import rule606_sample
from fuzz.sample import Maker, Sample, Seeds
from fuzz.xlsx_files import xlsx_sample

FORMATS: dict[str, Maker] = {
    "fix": fix_sample,
    "map": map_sample,
    "csv": csv_sample,
    "xlsx": xlsx_sample,
    "parquet": parquet_sample,
    "rule605": rule605_sample,
    "rule606": rule606_sample,
}


def sample(name: str, seed: int, number: int, seeds: Seeds) -> Sample:
    """The input of that number; it depends on the four arguments alone."""
    return FORMATS[name](Random(f"{name}-{seed}-{number}"), seeds)
