"""Measure the whole built-in path beside Python's own reading of the same mail, in one run.

    python benchmarks/analyze.py [FOLDER or ZIP] [--count N] [--rounds N]

Without mail it is generated. "Reading" is `email` with its default policy: every field and every part, and nothing else.
"Reading and judging" is that, followed by the same later stages as ours: signals, sensitive data, opinion and verdict.
A first pass over all mails loads the data and compiles the patterns; it is shown and does not count. After it each round
measures every way in turn, so that all have the same share of what else the machine does, and medians are compared.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import statistics
import time
import zipfile
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from parse import folder_of_mail, generated, standard_library

from glassdome.core.errors import GlassdomeError
from glassdome.parse import parse_message
from glassdome.pipeline.context import for_file
from glassdome.pipeline.process import JudgeOptions, analyze_raw, classify, examine
from glassdome.shapes.analysis import analysis_shape
from glassdome.values.message import Message
from glassdome.values.refs import MessageRef
from glassdome.verdict import decide

CONTEXT = for_file(now=datetime(2026, 1, 1, tzinfo=UTC))
REF = MessageRef(mailbox="", folder="", uid_validity=0, uid=0)
T = TypeVar("T")


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("mail", nargs="?", type=Path)
    arguments.add_argument("--count", type=int, default=1_000)
    arguments.add_argument("--rounds", type=int, default=5)
    options = arguments.parse_args()
    mails = mails_of(options.mail, options.count) if options.mail else [*map(generated, range(options.count))]
    both = [(raw, message) for raw in mails if (message := _read(raw)) is not None]
    raws = [raw for raw, _ in both]
    print(f"{len(raws)} mails, {sum(map(len, raws)) / len(raws) / 1024:.1f} KiB on average, CPU time of one core")
    first = _measure(lambda raw: classify(raw, CONTEXT), raws)
    print(f"{'the built-in path, first':26} {first * 1e3:6.3f} ms of processor time per mail")
    rounds = [_round(raws, both) for _ in range(options.rounds)]
    told = {name: _told(name, statistics.median(one[name] for one in rounds)) for name in rounds[0]}
    parse, ours, whole, reading, judging = told
    times = statistics.median(one[ours] / one[reading] for one in rounds)
    print(f"the built-in path takes {times:.2f} times what `email` takes to read")
    print(f"JSON adds {told[whole] / told[ours] - 1:.0%}; parsing is {told[parse] / told[ours]:.0%} of our path")
    print(f"`email` with our later stages takes {told[judging] / told[ours]:.1f} times ours")


def mails_of(place: Path, count: int) -> list[bytes]:
    """Return `count` mails of a folder or of a ZIP file, drawn by a fixed seed."""
    if place.is_dir():
        return folder_of_mail(place, count)
    with zipfile.ZipFile(place) as packed:
        names = sorted(name for name in packed.namelist() if not name.endswith("/"))
        random.Random(1).shuffle(names)
        return [packed.read(name) for name in names[:count]]


def _round(raws: list[bytes], both: list[tuple[bytes, Message]]) -> dict[str, float]:
    return {
        "glassdome.parse alone": _measure(parse_message, raws),
        "the built-in path": _measure(lambda raw: classify(raw, CONTEXT), raws),
        "the same to JSON": asyncio.run(_to_json(raws)),
        "email, reading": _measure(_email, raws),
        "email, reading and judging": _measure(_straightforward, both),
    }


def _read(raw: bytes) -> Message | None:
    try:
        return parse_message(raw)
    except GlassdomeError:
        return None


async def _to_json(raws: list[bytes]) -> float:
    """As `glassdome analyze --json` does it."""
    options = JudgeOptions()
    started = time.process_time()
    for raw in raws:
        json.dumps(analysis_shape(await analyze_raw(raw, REF, CONTEXT, options=options)), ensure_ascii=False)
    return (time.process_time() - started) / len(raws)


def _email(raw: bytes) -> None:
    with suppress(Exception):  # it raises whatever it likes on broken mail; what it did until then counts
        standard_library(raw)


def _straightforward(mail: tuple[bytes, Message]) -> object:
    raw, message = mail
    _email(raw)
    message.notes.clear()  # what our own stages noted in the round before
    found = examine(message, CONTEXT)
    return decide(message, signals=found.signals, sensitive=found.sensitive, builtin=found.builtin, context=CONTEXT)


def _measure(work: Callable[[T], object], mails: list[T]) -> float:
    started = time.process_time()
    for mail in mails:
        work(mail)
    return (time.process_time() - started) / len(mails)


def _told(name: str, mean: float) -> float:
    print(f"{name:26} {mean * 1e3:6.3f} ms of processor time per mail  {1 / mean:7.0f}/s")
    return mean


if __name__ == "__main__":
    main()
