"""Counts model calls and tokens per mail: distinct mail, the same again, with duplicates, with the gate.

python benchmarks/model_calls.py [--mails 1000] [--folder DIR of .eml files]
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import structlog

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.model_rig import Rig, distinct_mails, rig


async def count(found: Rig, name: str, raws: list[bytes], *, policies: str, force: bool = False) -> None:
    """Run once and print a row."""
    server = found.server
    server.chats.clear()
    server.counted.clear()
    server.written.clear()
    await found.enqueue(len(raws), force=force)
    await found.work(raws, policies=policies, at_once=8)
    calls, mails = len(server.chats), len(raws)
    depth = await found.database.queue.depth(now=datetime.now(UTC))
    print(
        f"{name:<44} {mails:>6} {calls:>6} {calls / mails:>7.2f} {sum(server.counted) / mails:>9.0f} {sum(server.written) / mails:>10.0f}   {depth.done} done"
    )


async def main() -> None:
    """Print the table."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    wanted = argparse.ArgumentParser(description=__doc__)
    wanted.add_argument("--mails", type=int, default=1000)
    wanted.add_argument("--folder", type=Path)
    options = wanted.parse_args()
    raws = distinct_mails(options.mails, options.folder)
    half = raws[: len(raws) // 2]
    doubled = [raw for raw in half for _ in range(2)]
    print(f"{'':<44} {'mails':>6} {'calls':>6} {'per mail':>7} {'tokens in':>9} {'tokens out':>10}")
    with tempfile.TemporaryDirectory() as place:
        async with rig(Path(place), slots=8, latency=0.0) as found:
            await count(found, "distinct mail", raws, policies="repeat")
            await count(found, "the same mail again", raws, policies="repeat", force=True)
    for name, mails, policies in (
        ("every second a copy of the one before", doubled, "repeat"),
        ("second half a copy of the first", half + half, "repeat"),
        ("distinct, gate bulk", raws, "repeat,bulk"),
        ("distinct, gate bulk + known + certain", raws, "repeat,bulk,known,certain"),
    ):
        with tempfile.TemporaryDirectory() as place:
            async with rig(Path(place), slots=8, latency=0.0) as found:
                await count(found, name, mails, policies=policies)


asyncio.run(main())
