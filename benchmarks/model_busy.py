"""Measure how busy the worker keeps a model server of 8 slots and fixed latency, against one request at a time.

python benchmarks/model_busy.py [--mails 400] [--latency 0.5] [--slots 8]
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path

import structlog

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.model_rig import distinct_mails, rig


async def busy(mails: int, *, slots: int, latency: float, at_once: int) -> None:
    """Run once and print how much of the slots' time was used."""
    with tempfile.TemporaryDirectory() as place:
        async with rig(Path(place), slots=slots, latency=latency) as found:
            await found.enqueue(mails)
            start = time.monotonic()
            await found.work(distinct_mails(mails, None), policies="none", at_once=at_once)
            seconds = time.monotonic() - start
            share = found.server.busy_seconds / (seconds * slots)
            print(
                f"{at_once:>3} jobs at once: {mails} mails in {seconds:.1f} s, slots busy {share:.1%}, at most "
                f"{found.server.most_busy} at once"
            )


async def main() -> None:
    """Print the rows."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    wanted = argparse.ArgumentParser(description=__doc__)
    wanted.add_argument("--mails", type=int, default=400)
    wanted.add_argument("--latency", type=float, default=0.5)
    wanted.add_argument("--slots", type=int, default=8)
    options = wanted.parse_args()
    for at_once, mails in (
        (1, options.mails // 10),
        (options.slots, options.mails),
        (options.slots * 3 // 2, options.mails),
    ):
        await busy(mails, slots=options.slots, latency=options.latency, at_once=at_once)


asyncio.run(main())
