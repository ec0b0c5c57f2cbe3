"""Feed readers with made-up damage: `python -m tests.fuzz --format csv --seed 7 --count 5000`, from the repository."""

import argparse
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from fuzz.campaign import corpora, run
from fuzz.formats import FORMATS


def main() -> int:
    """Run campaigns and tell what they found; 1 if something did not hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--format", choices=[*FORMATS, "all"], default="all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="number of the first input")
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--save", type=Path, default=Path("fuzz-found"), help="folder for inputs that show a defect")
    asked = parser.parse_args()
    say(f"published corpora: {corpora()}{'' if corpora().is_dir() else ' (absent)'}")
    failed = False
    for name in FORMATS if asked.format == "all" else [asked.format]:
        with tempfile.TemporaryDirectory() as folder:
            report = run(name, asked.seed, range(asked.first, asked.first + asked.count), Path(folder), asked.save)
        say(report.line(name, asked.seed))
        for number, why in report.defects.items():
            say(f"--- --format {name} --seed {asked.seed} --first {number} --count 1\n{why}")
        failed = failed or bool(report.defects)
    return int(failed)


def say(text: str) -> None:
    """One line to the terminal."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
