"""A refused certificate is told with host, reason and fix, alike by IMAP, SMTP and mailcow's API, and is not temporary."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pydantic import SecretStr

from glassdome.core.errors import Disconnected, TlsFailed
from glassdome.integrations.imap.login import ImapServer, greet
from glassdome.integrations.mailcow.http import MailcowAccess, MailcowHttp
from glassdome.integrations.mailcow.objects import MailcowObjects
from glassdome.integrations.smtp.sender import SmtpSender, SmtpServer
from glassdome.integrations.tls import TlsPolicy, tls_failure

Connect = Callable[[int, TlsPolicy], Awaitable[None]]


async def by_imap(port: int, tls: TlsPolicy) -> None:
    """Connect as a reader."""
    await greet(ImapServer(host="localhost", port=port, tls=tls, implicit_tls=True))


async def by_smtp(port: int, tls: TlsPolicy) -> None:
    """Connect as a sender."""
    await SmtpSender(SmtpServer(host="localhost", port=port, tls=tls, implicit_tls=True)).probe()


async def by_api(port: int, tls: TlsPolicy) -> None:
    """Ask mailcow."""
    http = MailcowHttp(MailcowAccess(url=f"https://localhost:{port}", key=SecretStr("k")), tls)
    try:
        await MailcowObjects(http).version()
    finally:
        await http.aclose()


def self_signed(folder: Path) -> ssl.SSLContext:
    """A server's context with a certificate that nobody else signed."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "me")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, now - timedelta(1), now + timedelta(9)).sign(
        key, hashes.SHA256()
    )
    pem = folder / "self.pem"
    private = serialization.PrivateFormat.PKCS8
    pem.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, private, serialization.NoEncryption())
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(pem)
    return context


def signed(authority: trustme.CA, name: str, *, expired: bool = False) -> ssl.SSLContext:
    """A server's context with a certificate of that authority."""
    until = datetime(2020, 1, 1, tzinfo=UTC) if expired else None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(name, not_after=until, not_before=datetime(2019, 1, 1, tzinfo=UTC)).configure_cert(context)
    return context


@asynccontextmanager
async def shown(context: ssl.SSLContext) -> AsyncIterator[int]:
    """Serve a handshake with that certificate, and nothing else."""

    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.transport.abort()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


@pytest.mark.parametrize("connect", [by_imap, by_smtp, by_api])
@pytest.mark.parametrize(
    ("kind", "reason", "fix"),
    [
        ("self-signed", "is self-signed", "to the PEM file of that certificate"),
        ("stranger", "comes from an unknown authority", "Set GLASSDOME_CA_FILE"),
        ("expired", "has expired", "Renew the server's certificate"),
        ("wrong name", "is for another name", "Connect to the host name that is in the certificate"),
    ],
)
async def test_a_refused_certificate(tmp_path: Path, connect: Connect, kind: str, reason: str, fix: str) -> None:
    """Host, reason and fix are in the sentence."""
    authority, file = trustme.CA(), tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(file))
    context = {
        "self-signed": lambda: self_signed(tmp_path),
        "stranger": lambda: signed(trustme.CA(), "localhost"),
        "expired": lambda: signed(authority, "localhost", expired=True),
        "wrong name": lambda: signed(authority, "other.example.org"),
    }[kind]()

    async with shown(context) as port:
        with pytest.raises(TlsFailed) as caught:
            await connect(port, TlsPolicy(ca_file=file))

    assert "localhost" in caught.value.message
    assert reason in caught.value.message
    assert fix in caught.value.fix
    assert not caught.value.temporary


@pytest.mark.parametrize("connect", [by_imap, by_smtp])
async def test_a_port_that_begins_in_clear(connect: Connect) -> None:
    """TLS at once against a STARTTLS port: the setting is named."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"* OK hello\r\n")
        await reader.read(100)
        writer.transport.abort()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    with pytest.raises(TlsFailed, match="does not speak TLS at once") as caught:
        await connect(server.sockets[0].getsockname()[1], TlsPolicy())
    server.close()

    assert "GLASSDOME_IMAP_TLS" in caught.value.fix


def test_a_connection_that_breaks_in_the_handshake_is_temporary() -> None:
    """Nothing is wrong with the certificate then."""
    failed = tls_failure("mail.example.org:993", ssl.SSLEOFError(8, "EOF occurred"))

    assert isinstance(failed, Disconnected)
    assert failed.temporary
