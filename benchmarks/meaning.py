"""The cost of the sentence encoder: processor time of the fast path with and without it, its own time, and its memory.

python benchmarks/meaning.py [--mails 400]      (with the extra `languages`)

The mails are those of the demo, over and over: what a mailbox has most is sure without the encoder. Times are ratios on the same machine
in alternating rounds. Memory is what the encoder's own process of the sandbox holds; without the extra there is none.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from glassdome.core.config.files import FileSettings
from glassdome.demo.samples import samples
from glassdome.files.encoded import MEANING_KIND
from glassdome.files.meaning import has_encoder
from glassdome.files.opening import open_files
from glassdome.files.sandbox.pool import WORDS_COMMAND, SandboxFiles
from glassdome.pipeline.context import for_file
from glassdome.pipeline.process import JudgeOptions, analyze_raw, warm_up
from glassdome.ports.files import FileReader
from glassdome.values.refs import MessageRef

ROUNDS = 5
TEXT = (
    "Kjære bruker, kontoen din blir slettet i morgen hvis du ikke bekrefter passordet ditt her: https://link.example/"
)


async def _cpu(mails: int, reader: FileReader, *, meaning: bool) -> float:
    """Return seconds of this process's processor for each mail."""
    options = JudgeOptions(files=reader, meaning=meaning)
    ref, raws = MessageRef(mailbox="", folder="a", uid_validity=0, uid=0), itertools.cycle([s.raw for s in samples()])
    context = for_file(now=options.clock.now())
    start = time.process_time()
    for raw in itertools.islice(raws, mails):
        await analyze_raw(raw, ref, context, options=options)
    return (time.process_time() - start) / mails


async def _asked(reader: FileReader) -> tuple[float, float]:
    """Return the median and the longest wait for one answer, in seconds."""
    times = []
    for number in range(40):
        start = time.perf_counter()
        document = await reader.read(f"{TEXT} {number}".encode(), name="", kind=MEANING_KIND)
        times.append(time.perf_counter() - start)
        assert document.read == "yes", document.problem
    return statistics.median(times), max(times)


async def _memory() -> int:
    """Return the kilobytes that the child holds after a start and an answer."""
    reader = SandboxFiles(children=1, seconds=30, command=WORDS_COMMAND)
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
    async with open_files(FileSettings(), warm=True) as reader:
        assert reader is not None
        await _print_times(mails, reader)
    print(f"memory of the encoder's process: {await _memory() / 1024:.0f} MB")


async def _print_times(mails: int, reader: FileReader) -> None:
    rounds = [
        (await _cpu(mails, reader, meaning=False), await _cpu(mails, reader, meaning=True)) for _ in range(ROUNDS + 1)
    ][1:]
    without, with_it = (statistics.median(pair[place] for pair in rounds) for place in (0, 1))
    print(
        f"processor time a mail: {1000 * without:.2f} ms without, {1000 * with_it:.2f} ms with ({with_it / without:.3f})"
    )
    middle, longest = await _asked(reader)
    print(f"one answer: {1000 * middle:.0f} ms, at most {1000 * longest:.0f} ms")


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
