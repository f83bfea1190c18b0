"""Logging in to a real Dovecot, and refusing to where the connection is not what it should be."""

import asyncio
import ssl

import pytest
from pydantic import SecretStr

from glassdome.core.errors import ConnectFailed, Disconnected, LoginRefused, TimedOut, TlsFailed
from glassdome.integrations.imap import connection as connection_module
from glassdome.integrations.imap.login import ImapServer, greet, log_in, probe
from glassdome.integrations.imap.logins import FixedLogins, MasterLogins
from glassdome.integrations.tls import TlsPolicy
from glassdome.values.credentials import Credentials
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.proxy import proxy_to

ODD_PASSWORD = 'pä"ss wörd {5}'


def own(mailbox: str, password: str = PASSWORD) -> Credentials:
    """The mailbox's own login."""
    return Credentials(user=mailbox, password=SecretStr(password))


async def test_implicit_tls_and_starttls_give_the_same_session(
    dovecot: Dovecot, server: ImapServer, tls: TlsPolicy, mailbox: str
) -> None:
    """Both ways in end with the capabilities of a logged-in session."""
    starttls = ImapServer(host=dovecot.host, port=dovecot.imap_port, tls=tls)
    assert not starttls.implicit
    first, second = await probe(server, own(mailbox)), await probe(starttls, own(mailbox))
    assert first == second
    assert {"IDLE", "CONDSTORE", "UIDPLUS", "MOVE", "SPECIAL-USE"} <= first


async def test_password_that_needs_utf8_and_quotes(dovecot: Dovecot, server: ImapServer) -> None:
    """Any password passes unharmed, with and without SASL."""
    mailbox = dovecot.add_mailbox(password=ODD_PASSWORD)
    assert "IDLE" in await probe(server, own(mailbox, ODD_PASSWORD))


async def test_master_user_reaches_any_mailbox(server: ImapServer, logins: MasterLogins, mailbox: str) -> None:
    """The master login opens the mailbox without its password."""
    session = await log_in(server, await logins.login_for(mailbox))
    assert (await session.folders())[0].name == "INBOX"
    await session.log_out()


async def test_wrong_password_is_a_refusal_with_a_fix(server: ImapServer, mailbox: str) -> None:
    """The error names the login and what to check, and not the password."""
    with pytest.raises(LoginRefused) as caught:
        await log_in(server, own(mailbox, "s3cret-but-wrong"))
    assert mailbox in caught.value.public_message
    assert "Check the password" in caught.value.public_message
    assert "s3cret" not in repr(caught.value)


async def test_mailbox_without_password_is_a_refusal(mailbox: str) -> None:
    """A mailbox nobody gave a password for is told by name."""
    with pytest.raises(LoginRefused, match=mailbox):
        await FixedLogins({}).login_for(mailbox)


async def test_unknown_authority_is_refused(dovecot: Dovecot, server: ImapServer, mailbox: str) -> None:
    """A certificate of a stranger authority ends the connection before the password is sent."""
    strangers = TlsPolicy(ca_file=dovecot.certificates.stranger_ca, server_name="localhost")
    with pytest.raises(TlsFailed, match="unable to get local issuer"):
        await log_in(ImapServer(host=server.host, port=server.port, tls=strangers, implicit_tls=True), own(mailbox))


async def test_wrong_name_is_refused(dovecot: Dovecot, server: ImapServer, mailbox: str) -> None:
    """127.0.0.1 is not in the certificate: without the server name the connection is refused, on both ports."""
    policy = TlsPolicy(ca_file=dovecot.certificates.ca)
    for port, implicit in ((dovecot.imaps_port, True), (dovecot.imap_port, False)):
        with pytest.raises(TlsFailed):
            await log_in(ImapServer(host="127.0.0.1", port=port, tls=policy, implicit_tls=implicit), own(mailbox))


async def test_named_insecure_host_is_not_verified(dovecot: Dovecot, mailbox: str) -> None:
    """Only the host that a person named goes unverified, and it still is encrypted."""
    policy = TlsPolicy(insecure_hosts=frozenset({"127.0.0.1"}))
    assert policy.context_for("mail.example.org").verify_mode is ssl.CERT_REQUIRED
    insecure = ImapServer(host="127.0.0.1", port=dovecot.imaps_port, tls=policy, implicit_tls=True)
    assert "IDLE" in await probe(insecure, own(mailbox))


@pytest.mark.parametrize(
    ("said", "instead"),
    [
        (b" STARTTLS", b""),
        (b"* OK", b"* PREAUTH"),
        (b"Begin TLS negotiation now.\r\n", b"Begin TLS negotiation now.\r\n* OK injected\r\n"),
    ],
    ids=["stripped", "preauth", "injected"],
)
async def test_starttls_attacks_are_refused(
    dovecot: Dovecot, tls: TlsPolicy, mailbox: str, said: bytes, instead: bytes
) -> None:
    """Whoever sits in between gets no password: no plain login, no PREAUTH, no injected plain answer."""
    async with proxy_to(dovecot.imap_port) as proxy:
        proxy.rewrite = lambda data: data.replace(said, instead)
        with pytest.raises(TlsFailed):
            await log_in(ImapServer(host="127.0.0.1", port=proxy.port, tls=tls), own(mailbox))
        assert mailbox.encode() not in proxy.sent_by_client


async def test_nobody_listens(tls: TlsPolicy, mailbox: str, unused_tcp_port: int) -> None:
    """An unreachable server is a temporary error that names the address."""
    with pytest.raises(ConnectFailed, match=f"127.0.0.1:{unused_tcp_port}") as caught:
        await log_in(ImapServer(host="127.0.0.1", port=unused_tcp_port, tls=tls), own(mailbox))
    assert caught.value.temporary


async def test_silent_server_times_out(
    dovecot: Dovecot, tls: TlsPolicy, mailbox: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that takes the connection and says nothing ends in TimedOut."""
    monkeypatch.setattr(connection_module, "IMAP_CONNECT_SECONDS", 0.2)
    async with proxy_to(dovecot.imap_port) as proxy:
        proxy.hang = True
        with pytest.raises(TimedOut):
            await log_in(ImapServer(host="127.0.0.1", port=proxy.port, tls=tls), own(mailbox))


async def test_connection_closed_instead_of_an_answer(dovecot: Dovecot, mailbox: str) -> None:
    """Closed twice without a word during the login: the mailbox is unknown or inactive, and the error says so."""
    commands = 0

    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal commands
        writer.write(b"* OK ready\r\n")
        tag = (await reader.readline()).split()[0]
        writer.write(b"* CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR\r\n" + tag + b" OK done\r\n")
        await reader.readline()
        commands += 1
        writer.close()

    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(dovecot.certificates.certificate, dovecot.certificates.key)
    fake = await asyncio.start_server(hang_up, "127.0.0.1", 0, ssl=context)
    policy = TlsPolicy(ca_file=dovecot.certificates.ca)
    target = ImapServer(host="localhost", port=fake.sockets[0].getsockname()[1], tls=policy, implicit_tls=True)
    async with fake:
        with pytest.raises(LoginRefused, match="closed the connection instead of answering") as caught:
            await log_in(target, own(mailbox))
    assert commands == 2
    assert isinstance(caught.value.__cause__, Disconnected)


async def test_a_greeting_needs_no_login(dovecot: Dovecot, server: ImapServer, tls: TlsPolicy) -> None:
    """On both ports a server that is well answers; it is told apart from one that is away, and from a stranger."""
    strangers = TlsPolicy(ca_file=dovecot.certificates.stranger_ca, server_name="localhost")

    await greet(server)
    await greet(ImapServer(host=dovecot.host, port=dovecot.imap_port, tls=tls))

    with pytest.raises(ConnectFailed):
        await greet(ImapServer(host=dovecot.host, port=1, tls=tls))
    with pytest.raises(TlsFailed):
        await greet(ImapServer(host=server.host, port=server.port, tls=strangers, implicit_tls=True))
