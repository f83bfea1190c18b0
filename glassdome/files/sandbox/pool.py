"""The file reader of the service: a few warm child processes, each in its sandbox, and no more than they can do."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from typing import Final

from glassdome.core.limits import OCR_TIMES
from glassdome.core.log import get_logger
from glassdome.files.sandbox.frames import FileRequest
from glassdome.files.sandbox.kernel import NoSandbox
from glassdome.files.sandbox.process import ReaderProcess, start
from glassdome.values.document import Document

__all__ = ["COMMAND", "WORDS_COMMAND", "SandboxFiles"]

_log = get_logger(__name__)
#: Starts a child, with its parent's number behind.
COMMAND: Final = (sys.executable, "-I", "-m", "glassdome.files.sandbox.child")
#: The same for one that reads the meaning of words.
WORDS_COMMAND: Final = (*COMMAND, "--words")
#: Seconds for a child to die.
_END_SECONDS: Final = 2.0


class SandboxFiles:
    """Implements `ports.files.FileReader`. Children start with the first file, and live until `aclose`.

    Belongs to one event loop.
    """

    def __init__(self, *, children: int, seconds: float, command: Sequence[str] = COMMAND) -> None:
        """`seconds` are for one file; `command` starts a child."""
        self._seconds, self._command = seconds, command
        self._idle: Final = asyncio.LifoQueue[ReaderProcess | None]()
        for _ in range(max(1, children)):
            self._idle.put_nowait(None)
        self._all: Final = set[ReaderProcess]()
        self._starting: Final = set[asyncio.Task[ReaderProcess]]()
        self._ending: Final = set[asyncio.Task[None]]()
        self._closed = False
        self.problem = ""

    async def read(
        self, data: bytes, *, name: str, kind: str, passwords: tuple[str, ...] = (), ocr: bool = False
    ) -> Document:
        """Return the content of one file; where there is no sandbox it is `unsupported`, with the problem `off`."""
        request = FileRequest(data=data, name=name, kind=kind, passwords=passwords, ocr=ocr)
        child = await self._idle.get()
        try:
            child = await self._ready(child)
            if child is None:
                return Document(kind=kind, read="unsupported", problem="off")
            document = await child.read(request, self._seconds * (OCR_TIMES if ocr else 1))
            if document.problem in ("time", "memory", "crash"):
                _log.warning("file_not_read", kind=kind, problem=document.problem, bytes=len(data))
            return document
        finally:
            self._idle.put_nowait(self._kept(child))

    async def warm_up(self) -> str:
        """Start one child; return why none can be had, or an empty string."""
        child = await self._idle.get()
        try:
            child = await self._ready(child)
        finally:
            self._idle.put_nowait(self._kept(child))
        return self.problem

    async def _ready(self, child: ReaderProcess | None) -> ReaderProcess | None:
        """Return this child, or a new one in its place; None without a sandbox, which the log says once."""
        if child is not None or self.problem or self._closed:
            return child
        task = asyncio.create_task(start(self._command))
        self._starting.add(task)
        try:
            child = await task
        except NoSandbox as exc:
            if not self.problem:
                self.problem = str(exc)
                _log.warning("files_not_read", problem=self.problem)
            return None
        finally:
            self._starting.discard(task)
        self._all.add(child)
        return child

    def _kept(self, child: ReaderProcess | None) -> ReaderProcess | None:
        """Return the child for the next file, None where a new one must be started."""
        if child is None or not child.is_worn:
            return child
        self._all.discard(child)
        self._end(child)
        return None

    def _end(self, child: ReaderProcess) -> None:
        task = asyncio.create_task(child.end())
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)

    async def aclose(self) -> None:
        """Kill all children and wait for that."""
        self._closed = True
        for task in self._starting:
            task.cancel()
        for child in self._all:
            self._end(child)
        self._all.clear()
        if tasks := [*self._ending, *self._starting]:
            await asyncio.wait(tasks, timeout=_END_SECONDS)
