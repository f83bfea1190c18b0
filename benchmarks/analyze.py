"""How fast the whole built-in path is beside the straightforward way to write it, in one run on the same mail.

    python benchmarks/analyze.py [FOLDER] [--count N]

Without a folder the mail is generated. The straightforward way reads the mail with `email` and its default policy, every
field and every part, and then does the same as we: signals, sensitive data, the built-in opinion, the verdict. For those
later stages there is no usual way to compare with, so that the ratio is of the parsers' making alone.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from parse import folder_of_mail, generated, standard_library

from glassdome.core.errors import GlassdomeError
from glassdome.parse import parse_message
from glassdome.pipeline.process import Stages, analyze_raw, classify, examine
from glassdome.values.as_json import analysis_shape
from glassdome.values.context import Context
from glassdome.values.message import Message
from glassdome.values.refs import MessageRef
from glassdome.verdict import decide

CONTEXT = Context(now=datetime(2026, 1, 1, tzinfo=UTC))
REF = MessageRef(mailbox="", folder="", uid_validity=0, uid=0)
T = TypeVar("T")


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("folder", nargs="?", type=Path)
    arguments.add_argument("--count", type=int, default=1_000)
    options = arguments.parse_args()
    mails = folder_of_mail(options.folder, options.count) if options.folder else [*map(generated, range(options.count))]
    both = [(raw, message) for raw in mails if (message := _read(raw)) is not None]
    raws = [raw for raw, _ in both]
    print(f"{len(raws)} mails, {sum(map(len, raws)) / len(raws) / 1024:.1f} KiB on average, CPU time of one core")
    for raw in raws[:20]:
        classify(raw, CONTEXT)
    parse = _measure("glassdome.parse alone", parse_message, raws)
    ours = _measure("the built-in path", lambda raw: classify(raw, CONTEXT), raws)
    whole = asyncio.run(_to_json(raws))
    theirs = _measure("email, same later stages", _straightforward, both)
    print(f"ratio {theirs / ours:.1f}; parsing is {parse / ours:.0%} of our path, JSON adds {whole / ours - 1:.0%}")


def _read(raw: bytes) -> Message | None:
    try:
        return parse_message(raw)
    except GlassdomeError:
        return None


async def _to_json(raws: list[bytes]) -> float:
    """As `glassdome analyze --json` does it."""
    stages = Stages()
    started = time.process_time()
    for raw in raws:
        json.dumps(analysis_shape(await analyze_raw(raw, REF, CONTEXT, stages=stages)), ensure_ascii=False)
    return _told("the same to JSON", (time.process_time() - started) / len(raws))


def _straightforward(mail: tuple[bytes, Message]) -> object:
    raw, message = mail
    with suppress(Exception):  # it raises whatever it likes on broken mail; the later stages are still to be done
        standard_library(raw)
    found = examine(message, CONTEXT)
    return decide(message, signals=found.signals, sensitive=found.sensitive, builtin=found.builtin, context=CONTEXT)


def _measure(name: str, work: Callable[[T], object], mails: Iterable[T]) -> float:
    mails = list(mails)
    started = time.process_time()
    for mail in mails:
        work(mail)
    return _told(name, (time.process_time() - started) / len(mails))


def _told(name: str, mean: float) -> float:
    print(f"{name:26} {1 / mean:7.0f}/s  {mean * 1e3:6.3f} ms of processor time per mail")
    return mean


if __name__ == "__main__":
    main()
