"""One encrypted connection: commands out, responses in, every read bounded in bytes and time."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import re
import ssl
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import TracebackType

from glassdome.core.errors import (
    ConnectFailed,
    Disconnected,
    ImapRefused,
    MessageTooLarge,
    NotFound,
    ProtocolViolation,
    TimedOut,
    TlsFailed,
)
from glassdome.core.limits import (
    IMAP_COMMAND_SECONDS,
    IMAP_CONNECT_SECONDS,
    MAX_IMAP_LINE_BYTES,
    MAX_IMAP_LITERAL_BYTES,
    MAX_IMAP_RESPONSES,
    MAX_PEER_WORDS_CHARS,
)
from glassdome.integrations.imap.refusal import hung_up, refusal, said
from glassdome.integrations.imap.response import Response, parse_response
from glassdome.integrations.tls import TlsPolicy, abort, tls_failure

__all__ = ["Connection", "ServerReply"]

_LITERAL = re.compile(rb"\{(\d{1,19})\+?\}$")
_CHUNK = 64 * 1024
_GREETINGS = frozenset({"OK", "PREAUTH"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerReply:
    """The answer to one command: its untagged responses and the tagged end."""

    done: Response
    untagged: list[Response] = field(default_factory=list)

    def of(self, name: str) -> list[Response]:
        """Return the untagged responses of that name."""
        return [response for response in self.untagged if response.name == name]

    def code(self, name: str) -> str | None:
        """Return the arguments of a response code, wherever it stood."""
        found = [r.arguments for r in (self.done, *self.untagged) if r.code == name]
        return found[-1] if found else None


class Connection:
    """A connection whose commands run one after another. Nothing that passes here is ever logged."""

    def __init__(self, host: str, port: int) -> None:
        """Use `Connection.open`; `host` and `port` only name the peer in errors."""
        self.peer = f"{host}:{port}"
        self.greeting = Response(tag="*")
        self.broken = False
        self._complaint = ""
        self._tags = itertools.count(1)
        self._reader = asyncio.StreamReader(limit=MAX_IMAP_LINE_BYTES)
        self._writer: asyncio.StreamWriter | None = None
        self._plain_writer: asyncio.StreamWriter | None = None

    @classmethod
    async def open(cls, host: str, port: int, tls: TlsPolicy, *, implicit: bool) -> Connection:
        """Connect, encrypt (at once where `implicit`, else by STARTTLS) and read the greeting.

        Raises ConnectFailed, TlsFailed, TimedOut.
        """
        connection = cls(host, port)
        try:
            async with asyncio.timeout(IMAP_CONNECT_SECONDS):
                await connection._connect(host, port, tls, implicit=implicit)
        except TimeoutError as exc:
            connection.abort()
            # A server that waits for TLS says nothing to one who waits for its greeting.
            fix = "" if implicit else "Does that port speak TLS at once? Then set GLASSDOME_IMAP_TLS=implicit."
            silent = f"{connection.peer} did not answer within {IMAP_CONNECT_SECONDS:.0f} seconds."
            raise TimedOut(silent, fix=fix) from exc
        except ssl.SSLError as exc:
            connection.abort()
            raise tls_failure(connection.peer, exc) from exc
        except OSError as exc:
            connection.abort()
            raise ConnectFailed(f"{connection.peer} cannot be reached: {exc.strerror or exc}.") from exc
        except BaseException:
            connection.abort()
            raise
        return connection

    async def command(
        self,
        *words: str | bytes,
        seconds: float = IMAP_COMMAND_SECONDS,
        max_literal: int = MAX_IMAP_LITERAL_BYTES,
    ) -> ServerReply:
        """Send one command and read to its end; `bytes` are sent as a literal.

        Raises ImapRefused (NO, BAD), NotFound (NO with NONEXISTENT), ProtocolViolation, MessageTooLarge (a literal
        past `max_literal`), TimedOut, Disconnected. After a NO alone the connection stays open.
        """
        async with _Command(self, seconds):
            tag = f"G{next(self._tags)}"
            await self._send(tag, words)
            reply = await self._ended(tag, max_literal, leaving=words[0] == "LOGOUT")
        return self._judge(reply, _name(words))

    async def authenticate(self, mechanism: str, answer: str, *, at_once: bool) -> ServerReply:
        """AUTHENTICATE with one answer, in the first line where `at_once` (RFC 4959). Raises as `command`."""
        if at_once:
            return await self.command("AUTHENTICATE", mechanism, answer)
        async with _Command(self, IMAP_COMMAND_SECONDS):
            tag = f"G{next(self._tags)}"
            await self._write(f"{tag} AUTHENTICATE {mechanism}\r\n".encode())
            await self._continuation(tag, "AUTHENTICATE")
            await self._write(f"{answer}\r\n".encode())
            reply = await self._ended(tag, MAX_IMAP_LITERAL_BYTES)
        return self._judge(reply, "AUTHENTICATE")

    async def idle(self, seconds: float) -> list[Response]:
        """IDLE (RFC 2177) until the first untagged data, or for `seconds`; return what came, before the server was ready too."""
        async with _Command(self, seconds + IMAP_COMMAND_SECONDS):
            tag = f"G{next(self._tags)}"
            await self._write(f"{tag} IDLE\r\n".encode())
            heard = await self._continuation(tag, "IDLE")
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    while not heard:
                        heard += await self._update(tag)
            await self._write(b"DONE\r\n")
            while (response := await self._read(MAX_IMAP_LITERAL_BYTES)).tag != tag:
                heard += [response] if not response.is_status else []
        return heard

    def abort(self) -> None:
        """Drop the connection without a word."""
        self.broken = True
        if self._writer is not None:
            abort(self._writer.transport)

    async def aclose(self) -> None:
        """Close the connection; LOGOUT is the caller's."""
        self.broken = True
        if self._writer is not None:
            self._writer.close()
            with contextlib.suppress(OSError, TimeoutError, asyncio.CancelledError):
                async with asyncio.timeout(1):
                    await self._writer.wait_closed()
            abort(self._writer.transport)

    # -- inside

    def begin(self) -> None:
        """Begin a command; raises Disconnected where the connection is of no more use."""
        if self.broken:
            raise Disconnected(f"The connection to {self.peer} is closed.")
        self._complaint = ""

    def fail(self, problem: BaseException, seconds: float) -> None:
        """Drop the connection after all but a refusal; raises TimedOut or Disconnected where that is what it was."""
        if isinstance(problem, ImapRefused | NotFound):
            return
        self.abort()
        if isinstance(problem, TimeoutError):
            raise TimedOut(f"{self.peer} did not answer within {seconds:.0f} seconds.{self._complaint}") from problem
        if isinstance(problem, OSError | asyncio.IncompleteReadError):
            raise Disconnected(f"{self.peer} closed the connection.{self._complaint}") from problem

    async def _connect(self, host: str, port: int, tls: TlsPolicy, *, implicit: bool) -> None:
        loop = asyncio.get_running_loop()
        context, name = tls.context_for(host), tls.name_for(host)
        protocol = asyncio.StreamReaderProtocol(self._reader)
        transport, _ = await loop.create_connection(
            lambda: protocol, host, port, ssl=context if implicit else None, server_hostname=name if implicit else None
        )
        self._writer = asyncio.StreamWriter(transport, protocol, self._reader, loop)
        try:
            self.greeting = await self._read(MAX_IMAP_LITERAL_BYTES)
        except asyncio.IncompleteReadError as exc:
            raise ConnectFailed(f"{self.peer} closed the connection without a greeting.") from exc
        if self.greeting.name == "BYE":
            raise ConnectFailed(f"{self.peer} refuses connections: {said(self.greeting)}")
        if self.greeting.tag != "*" or self.greeting.name not in _GREETINGS:
            words = f"{self.greeting.tag} {self.greeting.name} {said(self.greeting)}"[:MAX_PEER_WORDS_CHARS]
            raise ConnectFailed(
                f"{self.peer} does not greet as an IMAP server does: {words}", fix="Is that the right port?"
            )
        if not implicit:
            await self._start_tls(context, name)

    async def _start_tls(self, context: ssl.SSLContext, name: str) -> None:
        # A PREAUTH greeting would make STARTTLS impossible: somebody in between may send it for that reason.
        offered = (await self.command("CAPABILITY")).of("CAPABILITY")
        if self.greeting.name != "OK" or not any("STARTTLS" in response.data for response in offered):
            raise TlsFailed(
                f"{self.peer} offers no encryption (STARTTLS).",
                fix="Use port 993, and check that nothing between here and the server alters the connection.",
            )
        try:
            await self.command("STARTTLS")
        except ImapRefused as exc:
            raise TlsFailed(exc.message) from exc  # RFC 5530 names a moment's shortage as the reason
        assert self._writer is not None
        plain, loop = self._reader, asyncio.get_running_loop()
        plain.feed_eof()
        if await plain.read(1):
            raise TlsFailed(f"{self.peer} sent unencrypted data after STARTTLS.", fix="Use port 993.")
        # A fresh reader: nothing that was read in clear can be taken for an answer.
        self._reader = asyncio.StreamReader(limit=MAX_IMAP_LINE_BYTES)
        protocol = asyncio.StreamReaderProtocol(self._reader)
        transport = await loop.start_tls(self._writer.transport, protocol, context, server_hostname=name)
        assert transport is not None
        protocol.connection_made(transport)
        # A StreamWriter closes its transport when it is collected, and the encrypted one runs over it: keep it.
        self._plain_writer = self._writer
        self._writer = asyncio.StreamWriter(transport, protocol, self._reader, loop)

    async def _send(self, tag: str, words: Sequence[str | bytes]) -> None:
        line = tag
        for word in words:
            if isinstance(word, str):
                line += f" {word}"
                continue
            await self._write(f"{line} {{{len(word)}}}\r\n".encode())
            await self._continuation(tag, _name(words))
            await self._write(word)
            line = ""
        await self._write(f"{line}\r\n".encode())

    async def _ended(self, tag: str, max_literal: int, *, leaving: bool = False) -> ServerReply:
        untagged: list[Response] = []
        while (response := await self._read(max_literal)).tag != tag:
            if response.name == "BYE" and not leaving:
                raise hung_up(self.peer, response)
            untagged.append(response)
            self._note(response)
            if len(untagged) > MAX_IMAP_RESPONSES:
                raise ProtocolViolation(f"{self.peer} sent more than {MAX_IMAP_RESPONSES} responses.")
        return ServerReply(done=response, untagged=untagged)

    def _note(self, response: Response) -> None:
        """Remember the server's complaints outside its answer, in case the answer never comes."""
        if response.name in ("NO", "BAD") or (response.is_status and response.code == "ALERT"):
            self._complaint = f" It had said: {said(response)}"

    async def _continuation(self, tag: str, command: str) -> list[Response]:
        """Wait for `+` and return the untagged data that came before it."""
        heard: list[Response] = []
        while (response := await self._read(MAX_IMAP_LITERAL_BYTES)).tag != "+":
            if response.tag == tag:
                # The server refused before the rest was sent: the connection is still in step.
                self._judge(ServerReply(done=response), command)
                raise ProtocolViolation(f"{self.peer} ended a command that was not complete.")
            if response.name == "BYE":
                raise hung_up(self.peer, response)
            heard += [response] if not response.is_status else []
            self._note(response)
            if len(heard) > MAX_IMAP_RESPONSES:
                raise ProtocolViolation(f"{self.peer} sent more than {MAX_IMAP_RESPONSES} responses.")
        return heard

    async def _update(self, tag: str) -> list[Response]:
        response = await self._read(MAX_IMAP_LITERAL_BYTES)
        if response.name == "BYE" or response.tag == tag:
            raise hung_up(self.peer, response, "IDLE")
        return [] if response.is_status else [response]

    async def _write(self, data: bytes) -> None:
        assert self._writer is not None
        self._writer.write(data)
        await self._writer.drain()

    async def _read(self, max_literal: int) -> Response:
        parts = [await self._line()]
        while found := _LITERAL.search(parts[-1]):
            size = int(found[1])
            if size > max_literal:
                raise MessageTooLarge(f"{self.peer} sent {size} bytes where {max_literal} are allowed.")
            parts[-1] = parts[-1][: found.start()]
            parts += [await self._exactly(size), await self._line()]
        return parse_response(parts)

    async def _line(self) -> bytes:
        try:
            return (await self._reader.readuntil(b"\r\n"))[:-2]
        except asyncio.LimitOverrunError as exc:
            raise ProtocolViolation(f"{self.peer} sent a line of more than {MAX_IMAP_LINE_BYTES} bytes.") from exc

    async def _exactly(self, size: int) -> bytes:
        found = bytearray()
        while len(found) < size:
            chunk = await self._reader.read(min(_CHUNK, size - len(found)))
            if not chunk:
                raise asyncio.IncompleteReadError(bytes(found), size)
            found += chunk
        return bytes(found)

    def _judge(self, reply: ServerReply, command: str) -> ServerReply:
        if reply.done.name == "OK":
            return reply
        if reply.done.name != "NO":
            self.abort()
        raise refusal(self.peer, command, reply.done)


class _Command:
    """The time of one command, and what becomes of the connection when it fails.

    A class, since a generator could not be begun when `asyncio.run` closes the rest, and we log out then.
    """

    def __init__(self, connection: Connection, seconds: float) -> None:
        self._connection, self._seconds = connection, seconds
        self._limit = asyncio.timeout(seconds)

    async def __aenter__(self) -> None:
        self._connection.begin()
        await self._limit.__aenter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            await self._limit.__aexit__(kind, problem, trace)
        except TimeoutError as exc:
            problem = exc
        if problem is not None:
            self._connection.fail(problem, self._seconds)


def _name(words: Sequence[str | bytes]) -> str:
    return " ".join(map(str, words[: 2 if words[0] == "UID" else 1]))
