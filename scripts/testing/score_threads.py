#!/usr/bin/env python3
"""Print each thread of a folder that is read otherwise than its labels.json says, then the figures of `follow-up`.

    .venv/bin/python scripts/testing/score_threads.py FOLDER [--show]

`glassdome eval FOLDER --functions follow-up` prints the figures alone; see docs/howto/evaluate.md for the form of the folder.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from glassdome_lab.evaluation.functions.follow_up import ScoredThread, measure_follow_up, score_thread
from glassdome_lab.evaluation.readers import read_corpus
from glassdome_lab.evaluation.samples import ThreadSample

__all__ = ["read_folder"]


def read_folder(folder: Path) -> list[ScoredThread]:
    """Return every labelled thread of a folder with its finding."""
    return [score_thread(sample) for sample in _samples(folder)]


def _samples(folder: Path) -> tuple[ThreadSample, ...]:
    return read_corpus(folder).threads


def main() -> int:
    """Read, compare, print; return 0."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--show", action="store_true", help="print the turns of each thread that differs")
    given = parser.parse_args()
    for item in read_folder(given.folder):
        if item.wrong:
            print(item.label["thread"], "; ".join(item.wrong), "|", item.thread.debt.quote if item.thread.debt else "")
        for turn in item.turns if given.show and item.wrong else ():
            print("   ", turn)
    print(json.dumps(measure_follow_up(_samples(given.folder)), indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
