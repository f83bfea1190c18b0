"""One child process, as its parent sees it: started, asked, and killed when it does not answer."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from glassdome.core.limits import MAX_DOCUMENT_BYTES, MAX_READER_CPU_SECONDS, MAX_READER_FILES, READER_START_SECONDS
from glassdome.files.sandbox.codec import BadDocument, decode_document
from glassdome.files.sandbox.frames import LENGTH, FileRequest
from glassdome.files.sandbox.kernel import NoSandbox
from glassdome.values.document import Document

__all__ = ["ReaderProcess", "start"]

#: Libraries of numbers start threads by themselves, which the sandbox forbids.
_ENVIRONMENT: Final = {"LANG": "C.UTF-8", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
#: The share of its computing time after which a child is renewed.
_WORN: Final = 0.5
#: Bytes read at a time of what a dead child left in its pipe.
_PIECE: Final = 1 << 20
_GONE: Final = (asyncio.IncompleteReadError, ConnectionError, BadDocument)


class ReaderProcess:
    """A child that is ready. Not for two requests at a time."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._files, self._seconds = 0, 0.0
        self._killed = False

    @property
    def is_worn(self) -> bool:
        """True when it must be replaced: it is dead, or has read enough."""
        worn = self._files >= MAX_READER_FILES or self._seconds > _WORN * MAX_READER_CPU_SECONDS
        return worn or self._killed or self._process.returncode is not None

    async def read(self, request: FileRequest, seconds: float) -> Document:
        """Return the document; a child that fails is dead afterwards, and the document says why."""
        loop = asyncio.get_running_loop()
        start = loop.time()
        try:
            async with asyncio.timeout(seconds):
                document = decode_document(await self._ask(request))
        except TimeoutError:
            return await self._failed(request, "time")
        except _GONE:
            return await self._failed(request, "")
        except BaseException:  # Its answer would be taken for that to the next request.
            self.kill()
            raise
        self._files, self._seconds = self._files + 1, self._seconds + loop.time() - start
        if document.problem == "memory":
            await self.end()
        return document

    async def _ask(self, request: FileRequest) -> bytes:
        pipe = self._process.stdin
        assert pipe is not None
        pipe.write(request.frames())
        await pipe.drain()
        return await _frame(self._process)

    async def _failed(self, request: FileRequest, problem: str) -> Document:
        status = self._process.returncode if problem else await self._status()
        await self.end()
        return Document(kind=request.kind, read="damaged", problem=problem or _reason(status))

    async def _status(self) -> int | None:
        """Return the exit status of a child that hung up, None for one that lives on."""
        try:
            async with asyncio.timeout(1):
                return await self._process.wait()
        except TimeoutError:
            return None

    def kill(self) -> None:
        """Kill it; `end` waits for that."""
        self._killed = True
        with suppress(ProcessLookupError):
            self._process.kill()

    async def end(self) -> None:
        """Kill it, wait until it is gone, and close the pipes."""
        self.kill()
        requests, answers = self._process.stdin, self._process.stdout
        assert requests is not None
        assert answers is not None
        requests.close()
        await self._process.wait()
        while await answers.read(_PIECE):
            continue
        with suppress(ConnectionError):
            await requests.wait_closed()


def _reason(status: int | None) -> str:
    """Return why a child died: the kernel's own way to end it, or its reader's."""
    return {-signal.SIGXCPU: "time", -signal.SIGKILL: "memory"}.get(status or 0, "crash")


async def _frame(process: asyncio.subprocess.Process) -> bytes:
    pipe = process.stdout
    assert pipe is not None
    (length,) = LENGTH.unpack(await pipe.readexactly(LENGTH.size))
    if length > MAX_DOCUMENT_BYTES:
        raise BadDocument("size")
    return await pipe.readexactly(length)


async def start(command: Sequence[str]) -> ReaderProcess:
    """Start a child and wait until it has closed its doors; raises NoSandbox."""
    process = await asyncio.create_subprocess_exec(
        *command,
        str(os.getpid()),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env=_ENVIRONMENT,
        start_new_session=True,  # Ctrl-C is for the parent, which ends its children.
    )
    try:
        async with asyncio.timeout(READER_START_SECONDS):
            problem = str(json.loads(await _frame(process))["problem"])
    except (*_GONE, ValueError, KeyError, TypeError, TimeoutError):
        problem = "the child process did not start"
    except BaseException:
        await asyncio.shield(ReaderProcess(process).end())
        raise
    if problem:
        await ReaderProcess(process).end()
        raise NoSandbox(problem)
    return ReaderProcess(process)
