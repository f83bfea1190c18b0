"""Judges messages that lie in files: over all cores with the built-in engine, many at once with a language model."""

from __future__ import annotations

import asyncio
import os
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import cache
from itertools import chain, islice
from multiprocessing import get_context
from typing import Any, Final

from glassdome.cli.mail_files import MailFile
from glassdome.core.clock import Clock, FixedClock
from glassdome.core.errors import GlassdomeError
from glassdome.pipeline.context import for_file
from glassdome.pipeline.process import JudgeOptions, analyze_raw
from glassdome.ports.files import FileReader
from glassdome.shapes.analysis import analysis_shape
from glassdome.values.refs import MessageRef
from glassdome.values.rules import Rule

__all__ = ["FileJudge", "Row", "no_reader"]

Row = dict[str, Any]
#: The file reader of this process, where it is one of several; its children end with it.
_kept: Final = dict[str, FileReader | None]()
#: Messages sent to another process at once: enough that the sending costs nothing compared with the judging.
_CHUNK: Final = 64
#: Below this many messages one process is done before a second has started.
_WORTH_PROCESSES: Final = 500


def no_reader() -> FileReader | None:
    """Return None: files are not read."""
    return None


@dataclass(frozen=True, kw_only=True)
class FileJudge:
    """Judges mail files; `jobs` is the number of processes (built-in engine) or of concurrent requests (a model).

    `reader` makes the file reader of another process; here that of `options` reads.
    """

    options: JudgeOptions
    own_domains: frozenset[str]
    clock: Clock
    rules: tuple[Rule, ...] = ()
    jobs: int = 0
    reader: Callable[[], FileReader | None] = no_reader

    async def rows(self, mails: Iterator[MailFile]) -> AsyncIterator[Row]:
        """Yield one row per message, in order: an analysis with its `file`, or `file`, `error` and `code`."""
        first = await asyncio.to_thread(lambda: list(islice(mails, _WORTH_PROCESSES)))
        if self.options.engine is None and len(first) == _WORTH_PROCESSES and self.processes > 1:
            chunks = self._in_processes(chain(first, mails))
            while (rows := await asyncio.to_thread(next, chunks, None)) is not None:
                for row in rows:
                    yield row
        else:
            async for row in self._here(first, mails):
                yield row

    @property
    def processes(self) -> int:
        """The number of processes, or of concurrent requests."""
        return self.jobs or (os.cpu_count() or 1 if self.options.engine is None else 4)

    async def _here(self, chunk: list[MailFile], rest: Iterator[MailFile]) -> AsyncIterator[Row]:
        at_once = 1 if self.options.engine is None else self.processes
        waiting: deque[asyncio.Task[Row]] = deque()
        try:
            while chunk:
                for mail in chunk:
                    waiting.append(asyncio.create_task(_judge(mail, self)))
                    if len(waiting) >= at_once:
                        yield await waiting.popleft()
                # Files are read in a thread: a slow disk must not stop requests that are under way.
                chunk = await asyncio.to_thread(lambda: list(islice(rest, _CHUNK)))
            while waiting:
                yield await waiting.popleft()
        finally:
            for task in waiting:
                task.cancel()

    def _in_processes(self, mails: Iterator[MailFile]) -> Iterator[list[Row]]:
        # Spawned, not forked: this process already runs threads (the event loop's, the progress bar's).
        with ProcessPoolExecutor(self.processes, mp_context=get_context("spawn")) as pool:
            waiting: deque[Future[list[Row]]] = deque()
            alone = replace(self.options, files=None)
            how = replace(self, options=alone, clock=FixedClock(self.clock.now()))
            while chunk := list(islice(mails, _CHUNK)):
                waiting.append(pool.submit(_judge_chunk, chunk, how))
                # Two chunks a process: none waits, and memory stays bounded.
                if len(waiting) >= 2 * self.processes:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()


async def _judge(mail: MailFile, how: FileJudge) -> Row:
    context = for_file(now=how.clock.now(), ours=how.own_domains, rules=how.rules)
    ref = MessageRef(mailbox="", folder=mail.name, uid_validity=0, uid=0)
    try:
        analysis = await analyze_raw(mail.raw, ref, context, options=how.options)
    except GlassdomeError as exc:
        return {"file": mail.name, "error": exc.public_message, "code": exc.code}
    return {"file": mail.name, **analysis_shape(analysis)}


@cache
def _loop() -> asyncio.Runner:
    """Return the event loop of this process, which goes on from chunk to chunk, as the reader's children do."""
    return asyncio.Runner()


def _judge_chunk(mails: list[MailFile], how: FileJudge) -> list[Row]:
    async def all_of_them() -> list[Row]:
        if "reader" not in _kept:
            _kept["reader"] = how.reader()
        options = replace(how.options, files=_kept["reader"])
        return [await _judge(mail, replace(how, options=options)) for mail in mails]

    return _loop().run(all_of_them())
