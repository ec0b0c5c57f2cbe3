"""What one input is, and how it follows from a format, a seed and a number alone."""

import json
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

Cell = str | float | None


@dataclass(frozen=True, slots=True)
class Sample:
    """One input.

    Attributes:
        source: registered source that reads it.
        content: bytes of the file.
        how: which kind of damage was done, for people.
        sections: its map, already a document.
        map_file: its map as the bytes of a TOML file, where maps are what is tried.
        stated: canonical column to what the file states in each row, where only values were altered; row `first_row`
            is the first.
        first_row: number that the reader gives to the first row of `stated`.
    """

    source: str
    content: bytes
    how: str
    sections: Mapping[str, object] | None = None
    map_file: bytes | None = None
    stated: Mapping[str, Sequence[Cell]] = field(default_factory=dict)
    first_row: int = 2


Maker = Callable[[Random, "Seeds"], Sample]
"""Makes an input of one format."""


@dataclass(frozen=True, slots=True)
class Seeds:
    """Published corpora, read where they stand; empty where they are absent.

    Attributes:
        texts: strings that break programs.
        csv: small delimited files.
        parquet: broken Parquet files.
        fix: logs of real sessions, some whole lines of each.
        xml: documents that make careless parsers fetch or swell.
        logs: the repository's own FIX cases.
        parquet_columns: words in the footer of each of `parquet`, column names among them.
    """

    texts: Sequence[str]
    csv: Sequence[bytes]
    parquet: Sequence[bytes]
    fix: Sequence[bytes]
    xml: Sequence[bytes]
    logs: Sequence[bytes]
    parquet_columns: Sequence[Sequence[str]]


def read_seeds(corpora: Path, cases: Path) -> Seeds:
    """Seeds from the folder of published corpora and from the repository's own FIX cases."""

    def contents(pattern: str) -> list[bytes]:
        return [path.read_bytes() for path in sorted(corpora.glob(pattern)) if path.is_file()]

    logs = [tomllib.loads(path.read_text("utf-8"))["log"].encode() for path in sorted(cases.glob("*.toml"))]
    texts = [text for content in contents("strings/*.json") for text in json.loads(content)]
    parquet = contents("parquet/bad_data/*.parquet")
    return Seeds(
        texts=texts,
        csv=contents("csv/csv-spectrum/*.csv"),
        parquet=parquet,
        fix=[content[:20_000] for content in contents("fix_samples/*/fix.*")],
        xml=contents("xml/defusedxml/*.xml"),
        logs=logs,
        parquet_columns=[_columns(content) for content in parquet],
    )


def _columns(content: bytes) -> list[str]:
    """Words of the footer, some of which are column names; a parser that tells them apart might not survive it."""
    return [word.decode() for word in re.findall(rb"[A-Za-z_][A-Za-z_.0-9]+", content[-600:])]
