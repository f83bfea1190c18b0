"""The door of an IMAP server whose own needs a system's folders: TLS and login here, then the server's program itself."""

from __future__ import annotations

import asyncio
import contextlib
import re
import ssl
import threading
from collections.abc import Callable
from typing import Any

from tests.servers.certificates import Certificates

__all__ = ["ImapFront", "Started"]

#: Starts the program for a user whose login had that tag; it says the tagged OK itself.
Started = Callable[[str, str], tuple[list[str], dict[str, str]]]


class ImapFront:
    """Listens on a loopback port, in a thread of its own."""

    def __init__(
        self,
        certificates: Certificates,
        start: Started,
        *,
        password: str,
        capabilities: str,
        announce: bool = False,
        identity: dict[str, Any] | None = None,
    ) -> None:
        """`announce`: the program greets as for one who is logged in already, so the tagged OK is said here."""
        self.port = 0
        self._start, self._password, self._capabilities = start, password, capabilities
        self._announce, self._identity = announce, identity or {}
        self._context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self._context.load_cert_chain(certificates.certificate, certificates.key)
        self._ready, self._loop = threading.Event(), asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        """Start it; `port` is known afterwards."""
        self._thread.start()
        self._ready.wait()

    def stop(self) -> None:
        """Drop every connection."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self._context))
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        server.close()
        left = asyncio.all_tasks(self._loop)
        for task in left:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        self._loop.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            writer.write(f"* OK [CAPABILITY {self._capabilities}] ready\r\n".encode())
            if login := await self._login(reader, writer):
                await self._talk(*login, reader, writer)
        writer.transport.abort()

    async def _login(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> tuple[str, str] | None:
        while line := (await reader.readline()).decode():
            tag, _, command = line.strip().partition(" ")
            words = [command.partition(" ")[0].upper()]
            while found := re.search(r"\{(\d+)\}$", command):
                writer.write(b"+ go on\r\n")
                words.append((await reader.readexactly(int(found[1]))).decode())
                command = (await reader.readline()).decode().strip()
            if words[0] == "LOGIN" and words[-1] == self._password:
                return words[1], tag
            said = {"CAPABILITY": f"* CAPABILITY {self._capabilities}\r\n", "LOGOUT": "* BYE\r\n"}.get(words[0], "")
            writer.write(f"{said}{tag} {'OK' if said else 'NO [AUTHENTICATIONFAILED] no'} done\r\n".encode())
            if words[0] == "LOGOUT":
                return None
        return None

    async def _talk(self, user: str, tag: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        command, environment = self._start(user, tag)
        pipe = asyncio.subprocess.PIPE
        program = await asyncio.create_subprocess_exec(
            *command, stdin=pipe, stdout=pipe, stderr=asyncio.subprocess.DEVNULL, env=environment, **self._identity
        )
        assert program.stdin is not None
        assert program.stdout is not None
        if self._announce:
            await program.stdout.readline()
            writer.write(f"{tag} OK logged in\r\n".encode())
        ways = [
            asyncio.ensure_future(_pump(reader, program.stdin)),
            asyncio.ensure_future(_pump(program.stdout, writer)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            with contextlib.suppress(ProcessLookupError):
                program.kill()
            await program.wait()


async def _pump(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await source.read(65536):
            target.write(data)
            await target.drain()
