"""A child of the sandbox whose readers do what hostile files would make one do; run by the tests as a program."""

from __future__ import annotations

import ctypes
import os
import resource
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from glassdome.files import read as reading
from glassdome.files.sandbox import child
from glassdome.files.source import Source
from glassdome.values.document import Document, Passage


def _refused(way: Callable[[], Any]) -> Document:
    """Return the way's result, or the kind of its refusal."""
    try:
        said = f"done: {way()!r}"
    except (OSError, RuntimeError, ValueError) as exc:
        said = f"refused: {type(exc).__name__}"
    return Document(kind="x/hostile", passages=(Passage(text=said),))


def _eat() -> list[bytearray]:
    eaten = []
    while True:
        eaten.append(bytearray(1 << 24))


def _loop() -> None:
    while True:
        pass


def _thread() -> None:
    thread = threading.Thread(target=lambda: None)
    thread.start()
    thread.join()


def _speak(source: Source) -> Document:
    """Write to the standard streams, which must not be the pipe to the parent."""
    os.write(1, b"\xff" * 64)
    sys.stdout.write("noise")
    sys.stdout.flush()
    return Document(kind="x/hostile", passages=(Passage(text=source.data.decode()),))


def _garble() -> None:
    """Answer in the parent's place with bytes that are no document."""
    for descriptor in range(3, 20):
        try:
            os.write(descriptor, b"\0\0\0\x04{no}")
        except OSError:
            continue
    _loop()


WAYS: dict[str, Callable[[], Any]] = {
    "file": lambda: Path("/etc/passwd").read_text(encoding="utf-8"),
    "write": lambda: Path("/tmp/glassdome-sandbox").write_text("x", encoding="utf-8"),
    "socket": lambda: socket.create_connection(("127.0.0.1", 1)),
    "unix": lambda: socket.socket(socket.AF_UNIX),
    "pair": socket.socketpair,
    "fork": os.fork,
    "run": lambda: subprocess.run(["/bin/true"], check=True),
    "exec": lambda: os.execv("/bin/true", ["true"]),
    "thread": _thread,
    "kill": lambda: os.kill(os.getppid(), 0),
    "list": lambda: os.listdir("/"),
    "limits": lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (4, 4)),
}
ENDS: dict[str, Callable[[], Any]] = {
    "memory": _eat,
    "loop": _loop,
    "segfault": lambda: ctypes.string_at(0),
    "abort": os.abort,
    "exit": lambda: os._exit(0),
    "garble": _garble,
}


def _reader(kind: str, name: str) -> Any:
    if name in WAYS:
        return lambda source: _refused(WAYS[name])
    if name in ENDS:
        return lambda source: ENDS[name]() or Document(kind="x/hostile")
    return _speak


if __name__ == "__main__":
    reading.reader_of = _reader
    child.main(int(sys.argv[1]))
