"""Submission to a real Postfix, and what happens when the connection is not what it should be."""

import asyncio
import email
import email.policy
import imaplib
import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from pydantic import SecretStr

from glassdome.core.errors import (
    ConnectFailed,
    Disconnected,
    InputError,
    InvalidAddress,
    LoginRefused,
    SmtpRefused,
    TimedOut,
    TlsFailed,
)
from glassdome.integrations.smtp import sender as sender_module
from glassdome.integrations.smtp.compose import compose, envelope_of, new_message_id
from glassdome.integrations.smtp.sender import SmtpSender, SmtpServer
from glassdome.integrations.tls import TlsPolicy
from glassdome.values.credentials import Credentials
from glassdome.values.message import Address
from glassdome.values.outgoing import Envelope, OutgoingFile, OutgoingMessage, SendState
from glassdome.values.outgoing import RecipientOutcome as Outcome
from tests.servers.certificates import SERVER_NAME
from tests.servers.dovecot import DOMAIN, PASSWORD, Dovecot
from tests.servers.postfix import REFUSED, TEMPORARILY_REFUSED, Postfix
from tests.servers.proxy import Proxy, proxy_to

MAIL = b"From: a@example.test\r\nSubject: hello\r\nMessage-ID: <1@example.test>\r\n\r\n.leading dot\r\n.\r\nend\r\n"


@pytest.fixture
def tls(dovecot: Dovecot) -> TlsPolicy:
    """Verified against the private authority, by the name in the certificate."""
    return TlsPolicy(ca_file=dovecot.certificates.ca, server_name=SERVER_NAME)


@pytest.fixture
def sender(postfix: Postfix, tls: TlsPolicy) -> SmtpSender:
    """Submission by STARTTLS."""
    return SmtpSender(SmtpServer(host=postfix.host, port=postfix.submission_port, tls=tls))


@pytest.fixture
async def proxy(postfix: Postfix) -> AsyncIterator[Proxy]:
    """A proxy in front of submission."""
    async with proxy_to(postfix.submission_port) as made:
        yield made


@pytest.fixture
def proxied(proxy: Proxy, tls: TlsPolicy) -> SmtpSender:
    """A sender behind the proxy."""
    return SmtpSender(SmtpServer(host="127.0.0.1", port=proxy.port, tls=tls))


def own(mailbox: str, password: str = PASSWORD) -> Credentials:
    """The mailbox's own login."""
    return Credentials(user=mailbox, password=SecretStr(password))


def to(mailbox: str, *recipients: str) -> Envelope:
    """An envelope from `mailbox`, by default to itself."""
    return Envelope(mail_from=mailbox, recipients=recipients or (mailbox,))


def _stored(dovecot: Dovecot, mailbox: str) -> bytes:
    context = ssl.create_default_context(cafile=str(dovecot.certificates.ca))
    with imaplib.IMAP4_SSL("localhost", dovecot.imaps_port, ssl_context=context) as peer:
        peer.login(mailbox, PASSWORD)
        for _ in range(2000):
            if peer.select("INBOX", readonly=True)[1] == [b"1"]:
                break
        data = peer.fetch("1", "(BODY.PEEK[])")[1][0]
        assert isinstance(data, tuple)
        return data[1]


async def stored(dovecot: Dovecot, mailbox: str) -> bytes:
    """Wait for the first message and return it."""
    return await asyncio.to_thread(_stored, dovecot, mailbox)


async def test_arrives_by_starttls_unchanged(dovecot: Dovecot, sender: SmtpSender, mailbox: str) -> None:
    """Lines with dots survive, and the outcome tells the server's words."""
    outcome = await sender.send(to(mailbox), MAIL, own(mailbox))
    assert (outcome.state, outcome.of(Outcome.ACCEPTED)) == (SendState.SENT, (mailbox,))
    assert "queued" in outcome.recipients[0].reply
    assert (await stored(dovecot, mailbox)).endswith(b"\r\n\r\n.leading dot\r\n.\r\nend\r\n")


async def test_arrives_by_implicit_tls(dovecot: Dovecot, postfix: Postfix, tls: TlsPolicy, mailbox: str) -> None:
    """Port 465's way, with a server name that is not the host connected to."""
    server = SmtpServer(host=postfix.host, port=postfix.submissions_port, tls=tls, implicit_tls=True)
    assert (await SmtpSender(server).send(to(mailbox), MAIL, own(mailbox))).state is SendState.SENT


async def test_composed_message_with_everything(dovecot: Dovecot, sender: SmtpSender, mailbox: str) -> None:
    """Text, HTML, inline image, attachment, threading and UTF-8 everywhere arrive; Bcc does not."""
    hidden = dovecot.add_mailbox()
    message = OutgoingMessage(
        sender=Address(name='Ändrea, "A"', addr=mailbox),
        to=(Address(name="日本", addr=mailbox),),
        bcc=(Address(addr=hidden),),
        subject="Grüße — 件名",
        text="Zeile mit Ümlaut\n" + "x" * 2000,
        html='<p>Grüße <img src="cid:chart"></p>',
        files=(
            OutgoingFile(filename="chart.png", content=b"\x89PNG", content_type="image/png", content_id="chart"),
            OutgoingFile(filename="Bericht Ü.pdf", content=b"%PDF" * 1000, content_type="application/pdf"),
        ),
        message_id=new_message_id(DOMAIN),
        date=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        in_reply_to="<" + "p" * 120 + "@x.test>",
        references=("<first@x.test>",),
        auto_submitted="auto-generated",
    )
    outcome = await sender.send(envelope_of(message), compose(message), own(mailbox))
    assert set(outcome.of(Outcome.ACCEPTED)) == {mailbox, hidden}
    raw = await stored(dovecot, hidden)
    seen = email.message_from_bytes(raw, policy=email.policy.default)
    assert seen["subject"] == "Grüße — 件名"
    assert seen["from"].addresses[0].display_name == 'Ändrea, "A"'
    assert seen["references"].split() == ["<first@x.test>", "<" + "p" * 120 + "@x.test>"]
    assert b"=?utf-8?q?=3Cp" not in raw.lower()
    assert seen["auto-submitted"] == "auto-generated"
    assert seen.get_body(("plain",)).get_content().startswith("Zeile mit Ümlaut")
    assert [part.get_filename() for part in seen.iter_attachments()] == ["Bericht Ü.pdf"]
    image = next(part for part in seen.walk() if part.get_content_type() == "image/png")
    assert (image["content-id"], image.get_content_disposition()) == ("<chart>", "inline")
    before_delivery = raw[raw.index(b"From:") :]
    assert hidden.encode() not in before_delivery
    assert b"bcc" not in raw.lower()


async def test_each_recipient_has_its_outcome(sender: SmtpSender, mailbox: str) -> None:
    """One accepted, one refused for good, one for now."""
    outcome = await sender.send(to(mailbox, mailbox, REFUSED, TEMPORARILY_REFUSED), MAIL, own(mailbox))
    assert [(r.outcome, r.reply_code) for r in outcome.recipients] == [
        (Outcome.ACCEPTED, 250),
        (Outcome.REFUSED, 550),
        (Outcome.DEFERRED, 450),
    ]
    assert outcome.state is SendState.PARTLY
    assert "No such person" in outcome.recipients[1].reply


@pytest.mark.parametrize(
    ("address", "state"), [(REFUSED, SendState.REFUSED), (TEMPORARILY_REFUSED, SendState.DEFERRED)]
)
async def test_nobody_accepted(sender: SmtpSender, mailbox: str, address: str, state: SendState) -> None:
    """Nothing is sent if every recipient is refused; the outcome says whether later may help."""
    assert (await sender.send(to(mailbox, address), MAIL, own(mailbox))).state is state


async def test_message_refused_after_data(sender: SmtpSender, mailbox: str) -> None:
    """A refusal of the message itself is that of every recipient accepted before."""
    outcome = await sender.send(to(mailbox, mailbox, TEMPORARILY_REFUSED), b"X-Refuse: yes\r\n" + MAIL, own(mailbox))
    assert [(r.outcome, r.reply_code) for r in outcome.recipients] == [(Outcome.REFUSED, 550), (Outcome.DEFERRED, 450)]
    assert "refused for its content" in outcome.recipients[0].reply


async def test_message_too_large(sender: SmtpSender, mailbox: str) -> None:
    """A message past the server's limit is refused by its SIZE before it is sent."""
    with pytest.raises(SmtpRefused) as caught:
        await sender.send(to(mailbox), MAIL + b"x" * 6_000_000, own(mailbox))
    assert (caught.value.reply_code, caught.value.temporary) == (552, False)


async def test_foreign_sender_is_refused(dovecot: Dovecot, sender: SmtpSender, mailbox: str) -> None:
    """The server lets nobody send as somebody else, and the error says who was refused."""
    envelope = Envelope(mail_from="boss@example.test", recipients=(mailbox,))
    outcome = await sender.send(envelope, MAIL, own(mailbox))
    assert (outcome.state, outcome.recipients[0].reply_code) == (SendState.REFUSED, 553)


async def test_wrong_password(sender: SmtpSender, mailbox: str) -> None:
    """The login is refused with a fix, and the password is in no message."""
    with pytest.raises(LoginRefused) as caught:
        await sender.send(to(mailbox), MAIL, own(mailbox, "s3cret-wrong"))
    assert "app password" in caught.value.public_message
    assert "s3cret" not in repr(caught.value)


async def test_port_25_offers_no_login(postfix: Postfix, tls: TlsPolicy, mailbox: str) -> None:
    """Nothing is sent if the server offers no AUTH."""
    server = SmtpServer(host=postfix.host, port=postfix.smtp_port, tls=tls)
    with pytest.raises(LoginRefused, match="offers no login"):
        await SmtpSender(server).send(to(mailbox), MAIL, own(mailbox))


@pytest.mark.parametrize("implicit", [False, True])
async def test_unknown_authority_and_wrong_name(
    dovecot: Dovecot, postfix: Postfix, mailbox: str, implicit: bool
) -> None:
    """A certificate that cannot be verified ends the connection before the login."""
    port = postfix.submissions_port if implicit else postfix.submission_port
    for policy in (
        TlsPolicy(ca_file=dovecot.certificates.stranger_ca, server_name=SERVER_NAME),
        TlsPolicy(ca_file=dovecot.certificates.ca, server_name="other.example.test"),
    ):
        server = SmtpServer(host=postfix.host, port=port, tls=policy, implicit_tls=implicit)
        with pytest.raises(TlsFailed):
            await SmtpSender(server).send(to(mailbox), MAIL, own(mailbox))


@pytest.mark.parametrize(
    ("said", "instead"),
    [
        (b"250-STARTTLS\r\n", b""),
        (b"220 2.0.0 Ready to start TLS\r\n", b"454 4.7.0 TLS not available\r\n"),
    ],
    ids=["stripped", "refused"],
)
async def test_starttls_attacks_are_refused(
    proxy: Proxy, proxied: SmtpSender, mailbox: str, said: bytes, instead: bytes
) -> None:
    """Whoever sits in between sees neither login nor mail."""
    proxy.rewrite = lambda data: data.replace(said, instead)
    with pytest.raises(TlsFailed):
        await proxied.send(to(mailbox), MAIL, own(mailbox))
    assert b"AUTH" not in proxy.sent_by_client
    assert b"MAIL FROM" not in proxy.sent_by_client


async def test_injected_plain_answer_is_discarded(proxy: Proxy, proxied: SmtpSender, mailbox: str) -> None:
    """Text sent in clear after the STARTTLS reply is never taken for an answer (RFC 3207 4.2)."""
    ready = b"220 2.0.0 Ready to start TLS\r\n"
    proxy.rewrite = lambda data: data.replace(ready, ready + b"554 injected\r\n")
    assert (await proxied.send(to(mailbox), MAIL, own(mailbox))).state is SendState.SENT


async def test_nobody_listens(tls: TlsPolicy, mailbox: str, unused_tcp_port: int) -> None:
    """An unreachable server is a temporary error that names the address."""
    server = SmtpServer(host="127.0.0.1", port=unused_tcp_port, tls=tls)
    with pytest.raises(ConnectFailed, match=f"127.0.0.1:{unused_tcp_port}"):
        await SmtpSender(server).send(to(mailbox), MAIL, own(mailbox))


async def test_silent_server_times_out(
    proxy: Proxy, proxied: SmtpSender, mailbox: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing was sent, so it is an error that may be retried."""
    monkeypatch.setattr(sender_module, "SMTP_COMMAND_SECONDS", 0.2)
    proxy.hang = True
    with pytest.raises(TimedOut):
        await proxied.send(to(mailbox), MAIL, own(mailbox))


async def test_lost_before_the_message(
    proxy: Proxy, proxied: SmtpSender, mailbox: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A connection lost before DATA is an error: nothing is on its way."""

    async def cut(*_: object) -> None:
        proxy.cut()
        await asyncio.sleep(0.01)

    monkeypatch.setattr(SmtpSender, "_log_in", cut)
    with pytest.raises(Disconnected):
        await proxied.send(to(mailbox), MAIL, own(mailbox))


@pytest.mark.parametrize("failure", ["cut", "hang"])
async def test_answer_lost_after_the_message(
    proxy: Proxy, proxied: SmtpSender, mailbox: str, monkeypatch: pytest.MonkeyPatch, failure: str
) -> None:
    """The mail may be on its way: the outcome is unknown, for the recipients that were accepted."""
    monkeypatch.setattr(sender_module, "SMTP_DATA_SECONDS", 0.3)
    data = sender_module._data

    async def fail_first(*arguments: object) -> object:
        if failure == "cut":
            proxy.cut_after = 0
        proxy.hang = failure == "hang"
        return await data(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(sender_module, "_data", fail_first)
    outcome = await proxied.send(to(mailbox, mailbox, REFUSED), MAIL, own(mailbox))
    assert [result.outcome for result in outcome.recipients] == [Outcome.UNKNOWN, Outcome.REFUSED]
    assert outcome.state is SendState.UNKNOWN


async def test_international_addresses(sender: SmtpSender, mailbox: str) -> None:
    """A domain travels as IDNA; a local part that the server cannot take is an error before anything is sent."""
    with pytest.raises(InvalidAddress, match="SMTPUTF8"):
        await sender.send(to(mailbox, "jürgen@example.test"), MAIL, own(mailbox))
    outcome = await sender.send(to(mailbox, "info@bücher.example.test"), MAIL, own(mailbox))
    assert outcome.recipients[0].address == "info@xn--bcher-kva.example.test"


async def test_what_is_refused_before_connecting(sender: SmtpSender, mailbox: str) -> None:
    """No recipient, a Bcc field, an address with a command inside."""
    with pytest.raises(InputError, match="recipients"):
        await sender.send(Envelope(mail_from=mailbox, recipients=()), MAIL, own(mailbox))
    with pytest.raises(InputError, match="Bcc"):
        await sender.send(to(mailbox), b"Bcc: x@y.test\r\n" + MAIL, own(mailbox))
    for hostile in ("a@b.test>\r\nRCPT TO:<c@d.test", "a b@c.test", "a@", "@b.test", "a@b..c", ""):
        with pytest.raises(InvalidAddress):
            await sender.send(to(mailbox, hostile), MAIL, own(mailbox))


async def test_eight_bit_message(dovecot: Dovecot, sender: SmtpSender, mailbox: str) -> None:
    """A message that is 8-bit already passes as it is."""
    raw = "Subject: 8bit\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nGrüße\r\n"
    await sender.send(to(mailbox), raw.encode(), own(mailbox))
    assert (await stored(dovecot, mailbox)).endswith("Grüße\r\n".encode())
