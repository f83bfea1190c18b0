"""Fuzz the whole built-in path, parse to JSON, guided by coverage: no mutated message may crash it or take a second.

    pip install atheris
    python scripts/testing/fuzz_messages.py OUT [--seeds FOLDER ...] [--runs 1000000] [--seconds 3600]

OUT gets `status.json` (inputs run, crashes, slow inputs), each input that failed with its traceback, and the corpus,
so that a second run goes on where the first one ended. The work is done by a child process: a crash of the
interpreter or an input that never returns is counted, and the next child goes on.
`--parse-only` stops after the parser, where most of the foreign bytes are met: several times as many inputs an hour.
`--max-bytes` bounds an input: small ones try more shapes an hour, large ones find what grows too fast.
`--replay FILE` judges one saved input without instrumentation and says how long that took.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import subprocess
import sys
import time
import traceback
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "tests" / "data"
#: CPU seconds one input may take, and seconds after which it counts as never returning.
SLOW_SECONDS = 1.0
HANG_SECONDS = 60
#: Bytes of an input: enough for every shape of mail, few enough for many runs.
MAX_BYTES = 16_384
#: The packages whose branches guide the search.
GUIDED_BY = ["glassdome.parse", "glassdome.signals", "glassdome.engine", "glassdome.verdict", "glassdome.values"]
#: Inputs between two writings of the status.
REPORT_EVERY = 500


class Judge:
    """Takes bytes all the way to the JSON text of an analysis."""

    def __init__(self) -> None:
        """Import the path here: the fuzzer instruments what is imported after it started."""
        from glassdome.core.clock import FixedClock
        from glassdome.core.errors import ParseError
        from glassdome.pipeline.context import for_file
        from glassdome.pipeline.process import JudgeOptions, analyze_raw, warm_up
        from glassdome.shapes.analysis import analysis_shape
        from glassdome.values.refs import MessageRef
        from glassdome.values.signal import Outcome

        now = datetime.fromisoformat("2026-11-29T12:00:00+00:00")
        self._refused = ParseError
        self._options = JudgeOptions(authserv_ids=frozenset({"mx.example.org"}), clock=FixedClock(now))
        self._context = for_file(now=now, ours=frozenset({"example.org"}))
        self._ref = MessageRef(mailbox="ann@example.org", folder="INBOX", uid_validity=1, uid=1)
        self._broken = Outcome.TEMP_ERROR
        self._analyze, self._shape = analyze_raw, analysis_shape
        # Loading word lists and the language model's file takes time that is not an input's, and needs an event loop.
        asyncio.run(warm_up())

    def __call__(self, raw: bytes) -> str:
        """Return the JSON text, "" for bytes that are refused as no message."""
        work = self._analyze(raw, self._ref, self._context, options=self._options)
        try:
            # Without a model and below the size that takes a thread, nothing is awaited: one step does it all.
            work.send(None)
        except StopIteration as done:
            # A detector that raised is contained by the runner, and is a crash all the same.
            broken = [signal.name for signal in done.value.signals if signal.outcome is self._broken]
            assert not broken, f"the detector of {broken[0]} raised"
            text = json.dumps(self._shape(done.value), ensure_ascii=False, allow_nan=False)
            text.encode()
            return text
        except self._refused:
            return ""
        raise AssertionError("the built-in path awaited something")


class Reader:
    """Takes bytes through the parser alone."""

    def __init__(self) -> None:
        """Import the parser here, as `Judge` does."""
        from glassdome.core.errors import ParseError
        from glassdome.parse.message import parse_message

        self._parse, self._refused = parse_message, ParseError

    def __call__(self, raw: bytes) -> str:
        """Return a hash of the parsed message, "" for bytes that are refused as no message."""
        try:
            found = self._parse(raw, authserv_ids=frozenset({"mx.example.org"}))
        except self._refused:
            return ""
        return str(hash(found))


class Tally:
    """Counts inputs and keeps those that failed; survives the process."""

    def __init__(self, out: Path, wanted: int) -> None:
        self._out, self._wanted = out, wanted
        self.state: dict[str, Any] = {"inputs": 0, "crashes": 0, "slow": 0, "slowest": 0.0, "started": _now()}
        if (out / "status.json").is_file():
            self.state |= json.loads((out / "status.json").read_text())

    @property
    def left(self) -> int:
        """Inputs still to run."""
        return max(0, self._wanted - int(self.state["inputs"]))

    def ran(self, seconds: float, raw: bytes) -> None:
        """Count one input and write the status now and then."""
        self.state["inputs"] += 1
        self.state["slowest"] = max(self.state["slowest"], round(seconds, 3))
        if seconds > SLOW_SECONDS:
            self.failed("slow", raw, f"{seconds:.2f} s of CPU time")
        elif self.state["inputs"] % REPORT_EVERY == 0:
            self.write()

    def failed(self, kind: str, raw: bytes, why: str) -> None:
        """Count a failure; keep its input once for each place it comes from."""
        self.state["crashes" if kind == "crash" else "slow"] += 1
        name = f"{kind}-{hashlib.sha256((why if kind == 'crash' else '').encode() or raw).hexdigest()[:12]}"
        (self._out / f"{name}.eml").write_bytes(raw)
        (self._out / f"{name}.txt").write_text(why)
        self.write()

    def write(self) -> None:
        """Write the status in one step, so that a reader never sees half of it."""
        new = self._out / "status.new"
        new.write_text(json.dumps(self.state | {"written": _now()}) + "\n")
        new.replace(self._out / "status.json")


def _said(exc: Exception) -> list[str]:
    """Return an assertion's words: they name the detector, while all assertions stand in one place."""
    return [str(exc)] if isinstance(exc, AssertionError) else []


def _now() -> str:
    return datetime.now().astimezone().isoformat(timespec="seconds")


def fuzz(options: argparse.Namespace) -> None:
    """Run inputs until enough ran or the time is over; never returns, since libFuzzer ends the process."""
    import atheris

    with atheris.instrument_imports(include=GUIDED_BY):
        judge = Reader() if options.parse_only else Judge()
    tally = Tally(options.out, options.runs)

    def one(raw: bytes) -> None:
        start = time.process_time()
        try:
            judge(raw)
        except Exception as exc:
            where = [f"{frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(exc.__traceback__)[-3:]]
            tally.failed("crash", raw, "\n".join([type(exc).__name__, *where, *_said(exc)]))
        tally.ran(time.process_time() - start, raw)

    for sample in _samples(options.seeds, options.max_bytes):
        one(sample)
    arguments = [
        "fuzz_messages",
        f"-runs={tally.left}",
        f"-max_len={options.max_bytes}",
        f"-timeout={HANG_SECONDS}",
        f"-max_total_time={max(1, options.seconds)}",
        f"-dict={Path(__file__).with_name('mime.dict')}",
        f"-artifact_prefix={options.out}/",
        "-rss_limit_mb=2048",
        "-verbosity=0",
        str(options.out / "corpus"),
    ]
    atheris.Setup(arguments, one)
    try:
        atheris.Fuzz()
    finally:
        tally.write()


def _samples(folders: Sequence[Path], most: int) -> list[bytes]:
    paths = [path for folder in folders for path in sorted(folder.rglob("*.eml"))]
    return [path.read_bytes()[:most] for path in paths]


def supervise(options: argparse.Namespace) -> int:
    """Start children until enough inputs ran or the time is over; return 1 where any input failed."""
    corpus = options.out / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for raw in _samples(options.seeds, options.max_bytes):
        (corpus / hashlib.sha256(raw).hexdigest()[:16]).write_bytes(raw)
    end = time.monotonic() + options.seconds
    while Tally(options.out, options.runs).left and time.monotonic() < end:
        before = set(options.out.glob("*-*"))
        rest = str(int(end - time.monotonic()))
        command = [
            sys.executable,
            __file__,
            str(options.out),
            "--child",
            "--runs",
            str(options.runs),
            "--seconds",
            rest,
            "--max-bytes",
            str(options.max_bytes),
            *(["--parse-only"] if options.parse_only else []),
        ]
        with (options.out / "log.txt").open("ab") as log:
            done = subprocess.run(command, stdout=log, stderr=log, check=False)  # noqa: S603 - this file itself
        # An artifact of libFuzzer's own (timeout, out of memory, a crash of the interpreter) was not counted by the child.
        for found in set(options.out.glob("*-*")) - before:
            if not found.suffix:
                kind = "slow" if found.name.startswith(("timeout", "slow-unit")) else "crash"
                Tally(options.out, options.runs).failed(kind, found.read_bytes(), found.name)
        if done.returncode and not set(options.out.glob("*-*")) - before:
            print(f"The fuzzer does not start: see {options.out / 'log.txt'}", file=sys.stderr)
            return done.returncode
    state = Tally(options.out, options.runs).state
    print(json.dumps(state))
    return 1 if state["crashes"] or state["slow"] else 0


def replay(path: Path) -> int:
    """Judge one saved input and say how long it took."""
    judge, raw = Judge(), path.read_bytes()
    start = time.process_time()
    text = judge(raw)
    print(f"{time.process_time() - start:.3f} s of CPU time, {len(raw)} bytes in, {len(text)} characters out")
    return 0


def main() -> int:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path, nargs="?")
    parser.add_argument("--seeds", type=Path, nargs="*", default=[SAMPLES], help="folders of .eml files to begin with")
    parser.add_argument("--runs", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=int, default=24 * 3600)
    parser.add_argument("--parse-only", action="store_true")
    parser.add_argument("--max-bytes", type=int, default=MAX_BYTES, help="bytes of an input")
    parser.add_argument("--replay", type=Path)
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    sys.path.insert(0, str(ROOT))
    if options.replay:
        return replay(options.replay)
    if options.out is None:
        parser.error("say in which folder to work")
    if options.child:
        options.seeds = []
        fuzz(options)
        return 0
    return supervise(options)


if __name__ == "__main__":
    sys.exit(main())
