"""A hostile or broken server cannot make the client hold or wait for more than its bounds."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from glassdome.core.errors import (
    ConnectFailed,
    Disconnected,
    GlassdomeError,
    ImapRefused,
    MessageTooLarge,
    NotFound,
    ProtocolViolation,
    TimedOut,
)
from glassdome.integrations.imap import connection as connection_module
from glassdome.integrations.imap.connection import Connection
from glassdome.integrations.tls import TlsPolicy
from tests.servers.certificates import make_certificates

Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def connected(folder: Path, answer: Answer, greeting: bytes = b"* OK hello\r\n") -> AsyncIterator[Connection]:
    """Connect to a peer that greets and then does what `answer` says."""
    certificates = await asyncio.to_thread(make_certificates, folder)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificates.certificate, certificates.key)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(greeting)
        try:
            await answer(reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.transport.abort()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    port = server.sockets[0].getsockname()[1]
    connection: Connection | None = None
    try:
        policy = TlsPolicy(ca_file=certificates.ca)
        connection = await Connection.open("localhost", port, policy, implicit=True)
        yield connection
    finally:
        if connection is not None:
            connection.abort()
        server.close()
        await server.wait_closed()


def say(*lines: bytes) -> Answer:
    """Answer the first command with these lines; `TAG` stands for its tag. Then wait for the end."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tag = (await reader.readline()).split()[0]
        for line in lines:
            writer.write(line.replace(b"TAG", tag))
            await writer.drain()
        while await reader.read(1000):
            pass

    return answer


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([b"* 1 FETCH (BODY[] {99999999}\r\n"], MessageTooLarge),
        ([b"* 1 FETCH (BODY[] {99999999999999999999999999}\r\n", b"TAG OK\r\n"], ProtocolViolation),
        ([b"* SEARCH" + b" 1" * 4_000_000], ProtocolViolation),
        ([b"* 1 EXISTS\r\n" * 2000, b"* 1 EXISTS\r\n" * 2000], ProtocolViolation),
        ([b"\r\n"], ProtocolViolation),
        ([b"HTTP/1.1 400 Bad Request\r\n\r\n"], ProtocolViolation),
        ([b"TAG BAD what\r\n"], ImapRefused),
        ([b"TAG MAYBE what\r\n"], ProtocolViolation),
        ([b"* BYE shutting down\r\n"], Disconnected),
    ],
    ids=["literal", "number", "line", "responses", "empty", "http", "bad", "maybe", "bye"],
)
async def test_bounds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lines: list[bytes], expected: type[GlassdomeError]
) -> None:
    """Each ends in its own error, and the connection is not used again."""
    monkeypatch.setattr(connection_module, "MAX_IMAP_RESPONSES", 3000)
    async with connected(tmp_path, say(*lines)) as connection:
        with pytest.raises(expected):
            await connection.command("NOOP", seconds=20)
        assert connection.broken
        with pytest.raises(Disconnected):
            await connection.command("NOOP")


async def test_silence_ends_and_breaks_the_connection(tmp_path: Path) -> None:
    """A command has its time; a late answer can never be taken for that of the next command."""
    async with connected(tmp_path, say()) as connection:
        with pytest.raises(TimedOut):
            await connection.command("NOOP", seconds=0.1)
        assert connection.broken


@pytest.mark.parametrize(
    ("said", "expected"), [(b"TAG NO no\r\n", ImapRefused), (b"TAG NO [NONEXISTENT] no\r\n", NotFound)]
)
async def test_refusal_keeps_the_connection(tmp_path: Path, said: bytes, expected: type[GlassdomeError]) -> None:
    """NO is an answer like another."""
    async with connected(tmp_path, say(said)) as connection:
        with pytest.raises(expected):
            await connection.command("EXAMINE", '"x"')
        assert not connection.broken


async def test_refused_literal(tmp_path: Path) -> None:
    """A server may refuse before the literal is sent; what is sent then is not the literal."""
    async with connected(tmp_path, say(b"TAG NO [OVERQUOTA] full\r\n")) as connection:
        with pytest.raises(ImapRefused, match="full") as caught:
            await connection.command("APPEND", '"x"', b"body")
        assert caught.value.facts["imap_code"] == "OVERQUOTA"
        assert not connection.broken


async def test_idle_refused(tmp_path: Path) -> None:
    """A server that announced IDLE and refuses it."""
    async with connected(tmp_path, say(b"TAG NO not now\r\n")) as connection:
        with pytest.raises(ImapRefused):
            await connection.idle(5)


@pytest.mark.parametrize(
    "complaint",
    [b"* BAD Internal server error\r\n", b"* NO [ALERT] Mailbox is locked\r\n", b"* OK [ALERT] Going down\r\n"],
)
@pytest.mark.parametrize("hangs_up", [False, True])
async def test_words_beside_an_answer_that_never_comes_are_kept(
    tmp_path: Path, complaint: bytes, hangs_up: bool
) -> None:
    """Servers say untagged what troubles them, and hang or hang up then."""

    async def leave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.write(complaint)
        await writer.drain()
        writer.close()

    words = complaint.strip().rpartition(b"] ")[2].removeprefix(b"* BAD ").decode()
    answer, seconds, expected = (leave, 20.0, Disconnected) if hangs_up else (say(complaint), 0.2, TimedOut)
    async with connected(tmp_path, answer) as connection:
        with pytest.raises(expected, match=words):
            await connection.command("NOOP", seconds=seconds)


@pytest.mark.parametrize(
    "greeting", [b"220 mail.example.org ESMTP\r\n", b"+OK POP3 ready\r\n", b"HTTP/1.1 400 Bad Request\r\n"]
)
async def test_another_kind_of_server_is_told_at_once(tmp_path: Path, greeting: bytes) -> None:
    """Its words are shown, and nobody waits for an answer to an IMAP command."""
    with pytest.raises(ConnectFailed, match="does not greet as an IMAP server") as caught:
        async with connected(tmp_path, say(), greeting):
            pass
    assert greeting.split()[0].decode() in caught.value.public_message


@pytest.mark.parametrize("greeting", [b"* BYE too many connections\r\n", b""])
async def test_no_welcome(tmp_path: Path, greeting: bytes) -> None:
    """A server that turns us away at the door is unreachable, for now."""

    async def leave(_: asyncio.StreamReader, __: asyncio.StreamWriter) -> None:
        return None

    with pytest.raises(ConnectFailed):
        async with connected(tmp_path, leave, greeting):
            pass
