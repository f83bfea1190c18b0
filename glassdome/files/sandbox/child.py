"""The child process that reads files: it loads the readers, closes every door behind it, and answers requests."""

from __future__ import annotations

import json
import os
import resource
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Final

from glassdome.core.limits import MAX_DOCUMENT_BYTES, MAX_READER_CPU_SECONDS, MAX_READER_MEMORY_BYTES
from glassdome.files.read import read_file
from glassdome.files.sandbox.codec import encode_document
from glassdome.files.sandbox.frames import FileRequest, frame, read_request
from glassdome.files.sandbox.kernel import (
    NoSandbox,
    die_with_parent,
    forbid_files,
    forbid_system_calls,
    give_up_privileges,
)
from glassdome.files.sandbox.warm import warm_up
from glassdome.files.source import Source
from glassdome.values.document import Document

__all__ = ["WORDS", "main"]

#: The argument for a child that reads the meaning of words and no files.
WORDS: Final = "--words"


def main(parent: int, *, words: bool = False) -> None:
    """Load, lock, say so, and read files, or the meaning of words, until the parent `parent` hangs up."""
    with suppress(OSError):  # The service's own filter may forbid it.
        os.nice(5)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    requests, answers = _only_pipes()
    problem = _prepare(parent, requests, answers, words=words)
    _write(answers, frame(json.dumps({"problem": problem}).encode()))
    if problem:
        return
    take = _taker(requests)
    while (request := read_request(take)) is not None:
        answer = _answer(request)
        _write(answers, frame(answer or encode_document(Document(kind=request.kind, read="damaged", problem="memory"))))
        if answer is None:
            return  # The rest of its memory may be in pieces.


def _only_pipes() -> tuple[int, int]:
    """Return the pipes for requests and answers; libraries that print write to nowhere."""
    requests, answers = os.dup(0), os.dup(1)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nowhere, number)
    os.close(nowhere)
    return requests, answers


def _prepare(parent: int, requests: int, answers: int, *, words: bool) -> str:
    """Close the doors; return why one stays open, an empty string where none does."""
    try:
        die_with_parent(parent)
        warm_up(words=words)
        _close_all_but(requests, answers)
        _limit(descriptors=max(requests, answers) + 2)
        give_up_privileges()
        forbid_files()
        forbid_system_calls()
    except NoSandbox as exc:
        return str(exc.args[0])
    return _open_door()


def _close_all_but(*pipes: int) -> None:
    """Close what libraries left open."""
    ends = (2, *sorted(pipes), resource.getrlimit(resource.RLIMIT_NOFILE)[0])
    for low, high in pairwise(ends):
        os.closerange(low + 1, high)


def _limit(*, descriptors: int) -> None:
    now = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    limits = {
        resource.RLIMIT_AS: now + MAX_READER_MEMORY_BYTES,
        resource.RLIMIT_CPU: MAX_READER_CPU_SECONDS,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NOFILE: descriptors,
        resource.RLIMIT_NPROC: 0,
    }
    for name, most in limits.items():
        try:
            resource.setrlimit(name, (most, most))
        except (OSError, ValueError) as exc:
            raise NoSandbox(f"limits: {exc}") from exc


def _open_door() -> str:
    """Try to get out; return the way that is open."""
    ways: dict[str, Callable[[], object]] = {
        "a file can be opened": lambda: os.open("/", os.O_RDONLY),
        "a socket can be opened": socket.socket,
        "a process can be started": _fork,
    }
    for name, way in ways.items():
        try:
            way()
        except OSError:
            continue
        return name
    return ""


def _fork() -> None:
    if os.fork() == 0:
        os._exit(0)


def _answer(request: FileRequest) -> bytes | None:
    """Return the document as it is sent, None where memory ran out."""
    source = Source(
        data=request.data, name=request.name, kind=request.kind, passwords=request.passwords, ocr=request.ocr
    )
    try:
        document = read_file(source)
        answer = encode_document(document)
        if len(answer) > MAX_DOCUMENT_BYTES:
            answer = encode_document(_shortened(document))
    except MemoryError:
        return None
    except RecursionError:
        return encode_document(Document(kind=request.kind, read="damaged", problem="damaged: RecursionError"))
    return answer


def _shortened(document: Document) -> Document:
    """Return the short parts of a document that is too large to be sent."""
    none: Final = ()
    return replace(
        document, read="too_large", problem="bounds", passages=none, links=none, facts=none, files=none, members=none
    )


def _taker(descriptor: int) -> Callable[[int], bytes]:
    def take(count: int) -> bytes:
        found = bytearray()
        while len(found) < count:
            piece = os.read(descriptor, min(count - len(found), 1 << 20))
            if not piece:
                break
            found += piece
        return bytes(found)

    return take


def _write(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


if __name__ == "__main__":
    main(int(sys.argv[-1]), words=WORDS in sys.argv)
