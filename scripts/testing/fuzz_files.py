"""Fuzz the readers of attached files: no mutated file may crash one, hang it, or take seconds.

    python scripts/testing/fuzz_files.py OUT [--samples FOLDER ...] [--readers pdf image ...] [--runs 100000] [--seed 1]

Each sample belongs to the reader of its kind, and each reader gets so many runs. OUT gets `status.json` (files read,
crashes, hangs, files over a second, outcomes per reader) and each file that failed. A child process reads: a crash of
the interpreter or a file that never ends is counted, and the next child goes on behind it. The same seed makes the
same files. `--replay FILE` reads one saved file and prints its document.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import resource
import subprocess
import sys
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from glassdome.files.kinds import exact_kind
from glassdome.files.read import read_file
from glassdome.files.source import Source
from glassdome.files.table import NAMES, READERS
from glassdome.files.text_art import codes_in
from glassdome.parse.magic import true_type

ROOT = Path(__file__).resolve().parents[2]
#: Samples that the tests have.
SAMPLES = ROOT / "tests" / "data"
#: Seconds after which a file counts as slow, and as one that never ends; the memory of a child.
SLOW_SECONDS, HANG_SECONDS, CHILD_BYTES = 1.0, 120, 1 << 30
#: Bytes of a sample: larger ones take long and try no more shapes.
MAX_SAMPLE_BYTES = 300_000
#: Numbers that sizes and counts are replaced with.
EDGES = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
#: Kinds that no bytes tell: the body of a mail is handed on as one.
_KINDS = {"text_art": "text/x-drawn-code"}
_OUTCOMES = ("yes", "encrypted", "damaged", "too_large", "unsupported")


def samples_of(folders: Sequence[Path]) -> dict[str, list[tuple[str, bytes]]]:
    """Return the samples of each reader, by the name of its module."""
    found: dict[str, list[tuple[str, bytes]]] = {}
    for path in sorted(path for folder in folders for path in folder.rglob("*") if path.is_file()):
        data = path.read_bytes()
        kind = exact_kind(data, true_type(data))
        module = NAMES.get(path.suffix.lower()) or READERS.get(kind) or READERS.get(kind.partition("/")[0] + "/")
        module = "text_art" if path.suffix == ".txt" and codes_in(data.decode("utf-8", "replace")) else module
        if module and len(data) <= MAX_SAMPLE_BYTES:
            found.setdefault(module, []).append((path.name, data))
    return found


def mutated(samples: Sequence[tuple[str, bytes]], number: int, seed: int) -> tuple[str, bytes]:
    """Return the file of this number: a sample with one to eight changes, in its packed members as well."""
    chance = random.Random(f"{seed}.{number}")
    name, data = samples[number % len(samples)]
    if data.startswith(b"PK\x03\x04") and chance.random() < 0.7:
        with suppress(Exception):
            return name, _repacked(data, samples, chance)
    return name, _changed(data, samples, chance)


def _changed(data: bytes, samples: Sequence[tuple[str, bytes]], chance: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 4, 8))):
        chance.choice(_CHANGES)(changed, samples, chance)
    return bytes(changed)


def _repacked(data: bytes, samples: Sequence[tuple[str, bytes]], chance: random.Random) -> bytes:
    """Change one member of a zip file and pack it again, so that the change gets past the checksum."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        names = old.namelist()
        chosen = chance.choice(names)
        for name in names:
            content = old.read(name)
            new.writestr(name, _changed(content, samples, chance) if name == chosen else content)
    return out.getvalue()


def _place(data: bytearray, chance: random.Random) -> int:
    return chance.randrange(len(data)) if data else 0


def _flip(data: bytearray, _: Sequence[tuple[str, bytes]], chance: random.Random) -> None:
    for _number in range(chance.choice((1, 3, 20))):
        if data:
            data[_place(data, chance)] = chance.randrange(256)


def _edge(data: bytearray, _: Sequence[tuple[str, bytes]], chance: random.Random) -> None:
    at, size, value = _place(data, chance), chance.choice((1, 2, 4)), chance.choice(EDGES)
    number = (value & ((1 << 8 * size) - 1)).to_bytes(size, chance.choice(("little", "big")))
    data[at : at + size] = number


def _digits(data: bytearray, _: Sequence[tuple[str, bytes]], chance: random.Random) -> None:
    """Replace digits by others: lengths, offsets and counts of text formats."""
    at = _place(data, chance)
    for place in range(at, min(len(data), at + 200)):
        if 48 <= data[place] <= 57:
            data[place : place + 1] = str(chance.choice((*EDGES, -1))).encode()
            return


def _cut(data: bytearray, _: Sequence[tuple[str, bytes]], chance: random.Random) -> None:
    at = _place(data, chance)
    del data[at : at + chance.choice((1, 10, 200, 5_000))]


def _end(data: bytearray, _: Sequence[tuple[str, bytes]], chance: random.Random) -> None:
    del data[_place(data, chance) :]


def _repeat(data: bytearray, _: Sequence[tuple[str, bytes]], chance: random.Random) -> None:
    at = _place(data, chance)
    piece = bytes(data[at : at + chance.choice((1, 10, 200, 2_000))])
    data[at:at] = piece * chance.choice((1, 5, 50))


def _splice(data: bytearray, samples: Sequence[tuple[str, bytes]], chance: random.Random) -> None:
    other = chance.choice(samples)[1]
    start = chance.randrange(len(other)) if other else 0
    at = _place(data, chance)
    data[at : at + chance.choice((0, 100, 1_000))] = other[start : start + chance.choice((10, 100, 1_000))]


_Change = Callable[[bytearray, Sequence[tuple[str, bytes]], random.Random], None]
_CHANGES: tuple[_Change, ...] = (_flip, _flip, _edge, _digits, _cut, _end, _repeat, _splice)


def read_all(reader: str, options: argparse.Namespace) -> None:
    """Read the files from `--start` on, and print the number of each before it, and its outcome behind it."""
    resource.setrlimit(resource.RLIMIT_AS, (CHILD_BYTES, CHILD_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    samples, kind = samples_of(options.samples)[reader], _KINDS.get(reader, "")
    for number in range(options.start, options.runs):
        name, data = mutated(samples, number, options.seed)
        print(number, end=" ", flush=True)
        began = time.process_time()
        outcome: str
        try:
            outcome = read_file(Source(data=data, name=name, kind=kind, passwords=("open1187",))).read
        except MemoryError:
            outcome = "memory"
        print(outcome, f"{time.process_time() - began:.3f}", flush=True)


class Tally:
    """The counts of one reader, and where its failures are kept."""

    def __init__(self, reader: str, options: argparse.Namespace) -> None:
        """Begin with nothing read."""
        self.reader, self.options = reader, options
        self.counts: Counter[str] = Counter()
        self.samples = samples_of(options.samples)[reader]
        self.slowest = 0.0

    def take(self, number: int, outcome: str, seconds: float) -> None:
        """Count one file."""
        self.counts["files"] += 1
        self.counts[outcome] += 1
        self.slowest = max(self.slowest, seconds)
        if seconds > SLOW_SECONDS:
            self.counts["slow"] += 1
        if seconds > SLOW_SECONDS or outcome not in _OUTCOMES:
            name, data = mutated(self.samples, number, self.options.seed)
            (self.options.out / f"{self.reader}-{outcome}-{number}-{name}").write_bytes(data)

    def shape(self) -> dict[str, Any]:
        """Return the counts for `status.json`."""
        return {**self.counts, "slowest_seconds": self.slowest}


def fuzz(reader: str, options: argparse.Namespace) -> dict[str, Any]:
    """Run children until all files of a reader are read."""
    tally, start = Tally(reader, options), 0
    while start < options.runs:
        start = _one_child(reader, start, tally, options)
    return tally.shape()


def _one_child(reader: str, start: int, tally: Tally, options: argparse.Namespace) -> int:
    """Watch one child; return the number of the file behind the last one that it began."""
    folders = [str(folder) for folder in options.samples]
    command = [sys.executable, __file__, str(options.out), "--child", reader, "--start", str(start)]
    command += ["--runs", str(options.runs), "--seed", str(options.seed), "--samples", *folders]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as child:  # noqa: S603
        assert child.stdout is not None
        watch = _Watch(child, child.stdout)
        for number, outcome, seconds in watch.results():
            tally.take(number, outcome, seconds)
            start = number + 1
    if watch.pending is not None:
        tally.take(watch.pending, "hang" if watch.hung else "crash", 0.0)
        start = watch.pending + 1
    elif start < options.runs and child.returncode:
        raise SystemExit(f"the child for {reader} does not start")
    return start


class _Watch:
    """Reads a child's lines; kills it when a file takes too long."""

    def __init__(self, child: subprocess.Popen[str], lines: IO[str]) -> None:
        self.child, self.lines = child, lines
        self.pending: int | None = None
        self.hung = False

    def results(self) -> Any:
        """Yield number, outcome and seconds of each file."""
        import threading

        while True:
            timer = threading.Timer(HANG_SECONDS, self._kill)
            timer.start()
            number = self._word()
            self.pending = int(number) if number else None
            outcome, seconds = self._word(), self._word()
            timer.cancel()
            if not seconds:
                return
            done, self.pending = self.pending, None
            yield done, outcome, float(seconds)

    def _kill(self) -> None:
        self.hung = True
        self.child.kill()

    def _word(self) -> str:
        """Read up to a blank; what a child that died had begun is no word."""
        word = ""
        while (char := self.lines.read(1)) not in ("", " ", "\n"):
            word += char
        return word if char else ""


def main() -> None:
    """Fuzz, be the child that reads, or replay one file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--samples", type=Path, nargs="+", default=[SAMPLES])
    parser.add_argument("--readers", nargs="*", help="modules of glassdome/files; all that have samples by default")
    parser.add_argument("--runs", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--child", help=argparse.SUPPRESS)
    parser.add_argument("--start", type=int, default=0, help=argparse.SUPPRESS)
    parser.add_argument("--replay", type=Path)
    options = parser.parse_args()
    if options.replay:
        print(read_file(Source(data=options.replay.read_bytes(), name=options.replay.name)))
    elif options.child:
        read_all(options.child, options)
    elif missing := sorted(set(options.readers or ()) - set(samples_of(options.samples))):
        parser.error(
            f"No sample of {', '.join(missing)} in {options.samples[0]}. Name a folder of such files by --samples."
        )
    else:
        _fuzz_all(options)


def _fuzz_all(options: argparse.Namespace) -> None:
    options.out.mkdir(parents=True, exist_ok=True)
    status: dict[str, Any] = {}
    for reader in options.readers or sorted(samples_of(options.samples)):
        status[reader] = fuzz(reader, options)
        (options.out / "status.json").write_text(json.dumps(status, indent=2), encoding="utf-8")
        print(reader, json.dumps(status[reader]), flush=True)


if __name__ == "__main__":
    main()
