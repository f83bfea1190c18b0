"""A submission server on loopback that answers what a test says: the quirks of servers that no package has."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from tests.servers.certificates import Certificates

__all__ = ["ScriptedSmtp", "scripted_smtp"]

#: What it answers where a test says nothing; `DATA.` is the answer to the final dot, `AUTH>` to a line of a login.
_USUAL: Mapping[str, bytes] = {
    "GREETING": b"220 mail ESMTP",
    "EHLO": b"250-mail\r\n250-AUTH PLAIN LOGIN\r\n250-SIZE 10000000\r\n250 8BITMIME",
    "AUTH": b"235 2.7.0 ok",
    "AUTH>": b"235 2.7.0 ok",
    "STARTTLS": b"220 go",
    "MAIL": b"250 ok",
    "RCPT": b"250 ok",
    "DATA": b"354 go on",
    "DATA.": b"250 queued",
    "QUIT": b"221 bye",
}


@dataclass
class ScriptedSmtp:
    """`answers` by command, or by `RCPT TO:<address>`; `seen` are the lines that came, `mail` the last message.

    An empty answer hangs up.
    """

    answers: Mapping[str, bytes]
    context: ssl.SSLContext
    port: int = 0
    seen: list[str] = field(default_factory=list)
    mail: bytes = b""
    talks: set[asyncio.Task[None]] = field(default_factory=set)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Talk to one client."""
        if (talk := asyncio.current_task()) is not None:
            self.talks.add(talk)
        try:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                await self._say(writer, "GREETING")
                while line := (await reader.readline()).decode("utf-8", "replace").rstrip("\r\n"):
                    await self._answer(line, reader, writer)
        finally:
            writer.transport.abort()

    async def _answer(self, line: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.seen.append(line)
        word = line.split(" ")[0].upper()
        if line.split(" SIZE=")[0] in self.answers:
            word = line.split(" SIZE=")[0]
        await self._say(writer, word if word in self.answers or word in _USUAL else "AUTH>")
        if word == "STARTTLS":
            await writer.start_tls(self.context)
        elif word == "DATA" and self.answers.get("DATA", _USUAL["DATA"]).startswith(b"354"):
            self.mail = await reader.readuntil(b"\r\n.\r\n")
            await self._say(writer, "DATA.")

    async def _say(self, writer: asyncio.StreamWriter, what: str) -> None:
        words = self.answers.get(what, _USUAL.get(what, b"500 what"))
        if not words:
            raise ConnectionError
        writer.write(words + b"\r\n")
        await writer.drain()


@asynccontextmanager
async def scripted_smtp(
    certificates: Certificates, answers: Mapping[str, bytes] | None = None, *, starttls: bool = False
) -> AsyncIterator[ScriptedSmtp]:
    """Serve on a free port, encrypted at once, or by STARTTLS."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    await asyncio.to_thread(context.load_cert_chain, certificates.certificate, certificates.key)
    script = ScriptedSmtp(answers=answers or {}, context=context)
    server = await asyncio.start_server(script.serve, "127.0.0.1", 0, ssl=None if starttls else context)
    script.port = server.sockets[0].getsockname()[1]
    try:
        yield script
    finally:
        server.close()
        for talk in script.talks:
            talk.cancel()
        await asyncio.gather(*script.talks, return_exceptions=True)
