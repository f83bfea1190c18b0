"""Judges many samples: resumable, on every core with the built-in engine, concurrently with a language model."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from glassdome.core import log
from glassdome.engine.builtin.classifier import Classifier
from glassdome.ports.model import Engine
from glassdome_lab.evaluation.judge import Judge, Sample

__all__ = ["EngineOpener", "Progress", "Record", "Runner"]

#: (kind of sample, number done, number in all).
Progress = Callable[[str, int, int], None]
#: Opens the engine on the event loop that will use it, and closes it there.
EngineOpener = Callable[[], AbstractAsyncContextManager[Engine]]
#: The stored result of one judged sample: JSON values only.
Record = dict[str, Any]

_NOT_A_NAME = re.compile(r"[^\w.]+")
#: Samples one process takes at a time: enough to hide the cost of sending, few enough for a smooth bar.
_CHUNK = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Runner:
    """Judges samples and keeps their records.

    `engine` opens a language model's engine, None is the built-in one alone; `classifier` replaces its trained text model; `state` is a folder in which
    finished records are kept, so that a run that was cut off goes on where it stopped.
    """

    name: str
    engine: EngineOpener | None = None
    classifier: Classifier | None = None
    workers: int = 1
    concurrency: int = 4
    state: Path | None = None
    progress: Progress = lambda what, done, total: None

    def finished(self, kind: str, samples: Sequence[Sample]) -> bool:
        """Return whether all samples were judged in an earlier run, so that no engine is needed."""
        kept = self._kept(kind)
        return all(sample.id in kept for sample in samples)

    def records(self, kind: str, samples: Sequence[Sample]) -> list[Record]:
        """Judge all samples and return their records in the samples' order; must not be called on an event loop."""
        kept = self._kept(kind)
        missing = [sample for sample in samples if sample.id not in kept]
        done = len(samples) - len(missing)
        self.progress(kind, done, len(samples))
        for record in self._judged(missing):
            kept[record["id"]] = record
            self._keep(kind, record)
            done += 1
            self.progress(kind, done, len(samples))
        return [kept[sample.id] for sample in samples]

    def _judged(self, samples: Sequence[Sample]) -> Iterator[Record]:
        if self.engine is not None:
            yield from _drained(self._asked(samples, self.engine))
        elif self.workers > 1 and len(samples) > _CHUNK:
            yield from self._in_processes(samples)
        else:
            judge = Judge(self.classifier)
            yield from (judge.record(sample) for sample in samples)

    def _in_processes(self, samples: Sequence[Sample]) -> Iterator[Record]:
        pool = ProcessPoolExecutor(
            self.workers, mp_context=get_context("spawn"), initializer=_prepare, initargs=(self.classifier,)
        )
        with pool:
            for records in pool.map(_judge_chunk, _chunks(samples)):
                yield from records

    async def _asked(self, samples: Sequence[Sample], open_engine: EngineOpener) -> AsyncGenerator[Record, None]:
        """Ask the model for `concurrency` samples at once, each answer as it comes."""
        judge = Judge(self.classifier)
        waiting = iter(samples)
        async with open_engine() as engine:
            running = {asyncio.ensure_future(judge.record_asking(s, engine)) for s in islice(waiting, self.concurrency)}
            try:
                while running:
                    finished, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
                    for task in finished:
                        yield task.result()
                    more = islice(waiting, len(finished))
                    running |= {asyncio.ensure_future(judge.record_asking(s, engine)) for s in more}
            finally:
                for task in running:
                    task.cancel()

    def _file(self, kind: str) -> Path | None:
        name = _NOT_A_NAME.sub("-", f"{self.name}.{kind}")
        return self.state / f"{name}.jsonl" if self.state else None

    def _kept(self, kind: str) -> dict[str, Record]:
        path = self._file(kind)
        if path is None or not path.exists():
            return {}
        kept: dict[str, Record] = {}
        whole = b""
        for line in path.read_bytes().splitlines(keepends=True):
            # A run that was killed leaves half a line at the end; it is cut off, or the next record would join it.
            if line.endswith(b"\n"):
                record = json.loads(line)
                kept[record["id"]] = record
                whole += line
        path.write_bytes(whole)
        return kept

    def _keep(self, kind: str, record: Record) -> None:
        path = self._file(kind)
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(record, ensure_ascii=False) + "\n")


def _drained(records: AsyncGenerator[Record, None]) -> Iterator[Record]:
    """Walk an asynchronous generator from synchronous code, on a loop of its own; left early, it is closed there."""

    async def following() -> Record | None:
        return await anext(records, None)

    with asyncio.Runner() as runner:
        try:
            while (record := runner.run(following())) is not None:
                yield record
        finally:
            runner.run(records.aclose())


def _chunks(samples: Sequence[Sample]) -> list[Sequence[Sample]]:
    return [samples[start : start + _CHUNK] for start in range(0, len(samples), _CHUNK)]


_judge: Judge | None = None


def _prepare(classifier: Classifier | None) -> None:
    """Load the engine once per process; its log would fall among the progress bars."""
    log.configure(level="WARNING")
    global _judge
    _judge = Judge(classifier)


def _judge_chunk(samples: Sequence[Sample]) -> list[Record]:
    assert _judge is not None
    return [_judge.record(sample) for sample in samples]
