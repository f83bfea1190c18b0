"""Submission servers as they are met: what each answers, what becomes of the mail, what a person is told."""

from __future__ import annotations

import base64

import pytest
from pydantic import SecretStr

from glassdome.core.errors import (
    ConnectFailed,
    Disconnected,
    GlassdomeError,
    InputError,
    InvalidAddress,
    LoginRefused,
    SmtpRefused,
    TlsFailed,
)
from glassdome.integrations.smtp.sender import SmtpSender, SmtpServer
from glassdome.integrations.tls import TlsPolicy
from glassdome.values.credentials import Credentials
from glassdome.values.outgoing import Envelope, SendOutcome
from tests.servers.certificates import Certificates
from tests.servers.scripted_smtp import ScriptedSmtp, scripted_smtp

MAIL = b"From: a@example.org\r\nTo: b@example.net\r\nSubject: s\r\n\r\nhello\r\n"
TO = ("b@example.net",)


async def send(
    script: ScriptedSmtp,
    certificates: Certificates,
    *,
    to: tuple[str, ...] = TO,
    mail: bytes = MAIL,
    password: str = "pw",
    starttls: bool = False,
) -> SendOutcome:
    """Submit one mail to the scripted server."""
    tls = TlsPolicy(ca_file=certificates.ca)
    server = SmtpServer(host="localhost", port=script.port, tls=tls, implicit_tls=not starttls)
    login = Credentials(user="a@example.org", password=SecretStr(password))
    return await SmtpSender(server).send(Envelope(mail_from="a@example.org", recipients=to), mail, login)


def caps(*lines: str) -> dict[str, bytes]:
    """An answer to EHLO with these extensions."""
    return {"EHLO": "\r\n".join(["250-mail", *(f"250-{line}" for line in lines[:-1]), f"250 {lines[-1]}"]).encode()}


@pytest.mark.parametrize(
    ("extensions", "more", "mechanism"),
    [
        (("AUTH PLAIN LOGIN",), {}, "AUTH PLAIN"),
        (("AUTH LOGIN",), {"AUTH": b"334 VXNlcm5hbWU6", "cHc=": b"235 ok", "AUTH>": b"334 UGFzc3dvcmQ6"}, "AUTH LOGIN"),
        (("AUTH=LOGIN PLAIN", "AUTH PLAIN"), {}, "AUTH PLAIN"),
    ],
    ids=["plain", "login_only", "auth_eq"],
)
async def test_mechanisms(
    certificates: Certificates, extensions: tuple[str, ...], more: dict[str, bytes], mechanism: str
) -> None:
    """Whichever password mechanism is offered is used, in its old spelling too."""
    async with scripted_smtp(certificates, caps(*extensions) | more) as script:
        outcome = await send(script, certificates)

    assert outcome.state == "sent"
    assert any(line.startswith(mechanism) for line in script.seen)


async def test_a_mechanism_that_does_not_work_is_passed_over(certificates: Certificates) -> None:
    """CRAM-MD5 is announced and refused; PLAIN works."""
    answers = caps("AUTH CRAM-MD5 PLAIN") | {"AUTH CRAM-MD5": b"504 5.5.4 not here"}
    async with scripted_smtp(certificates, answers) as script:
        assert (await send(script, certificates)).state == "sent"

    assert [line.split(" ")[1] for line in script.seen if line.startswith("AUTH")] == ["CRAM-MD5", "PLAIN"]


async def test_only_tokens_are_no_wrong_password(certificates: Certificates) -> None:
    """A server with XOAUTH2 alone is told as such; nothing is tried."""
    async with scripted_smtp(certificates, caps("AUTH XOAUTH2 OAUTHBEARER")) as script:
        with pytest.raises(LoginRefused, match="takes no login by password: it offers XOAUTH2, OAUTHBEARER") as caught:
            await send(script, certificates)

    assert "app password" in caught.value.fix
    assert not any(line.startswith("AUTH") for line in script.seen)


async def test_a_server_that_cannot_check_logins_now(certificates: Certificates) -> None:
    """454 is temporary (RFC 4954 4), 535 is not."""
    later = b"454 4.7.0 Temporary authentication failure"
    async with scripted_smtp(certificates, {"AUTH": later, "AUTH>": later}) as script:
        with pytest.raises(ConnectFailed, match=r"cannot check logins at present: 4\.7\.0 Temporary") as busy:
            await send(script, certificates)
    wrong = b"535 5.7.8 no"
    async with scripted_smtp(certificates, {"AUTH": wrong, "AUTH>": wrong}) as script:
        with pytest.raises(LoginRefused, match="refused the login") as refused:
            await send(script, certificates)

    assert (busy.value.temporary, refused.value.temporary) == (True, False)


async def test_a_password_beyond_ascii(certificates: Certificates) -> None:
    """It goes as UTF-8 (RFC 4616 2)."""
    async with scripted_smtp(certificates) as script:
        await send(script, certificates, password="pässwörd€")

    sent = next(line for line in script.seen if line.startswith("AUTH PLAIN")).split(" ")[2]
    assert base64.b64decode(sent).decode() == "\0a@example.org\0pässwörd€"


async def test_starttls(certificates: Certificates) -> None:
    """Encrypted first, then logged in; a server without STARTTLS gets nothing."""
    async with scripted_smtp(certificates, caps("STARTTLS", "AUTH PLAIN"), starttls=True) as script:
        assert (await send(script, certificates, starttls=True)).state == "sent"
    order = [line.split(" ")[0] for line in script.seen]
    assert order.index("STARTTLS") < order.index("AUTH")

    async with scripted_smtp(certificates, caps("XXXXXXXA", "AUTH PLAIN"), starttls=True) as script:
        with pytest.raises(TlsFailed, match="offers no encryption"):
            await send(script, certificates, starttls=True)
    assert {line.split(" ")[0] for line in script.seen} <= {"EHLO", "QUIT"}


@pytest.mark.parametrize(
    ("answers", "outcomes"),
    [
        ({"RCPT": b"451 4.7.1 Greylisted"}, "deferred"),
        ({"RCPT": b"550 5.1.1 no such user"}, "refused"),
        ({"DATA.": b"452 4.3.1 disk full"}, "deferred"),
        ({"DATA.": b"554 5.7.1 spam"}, "refused"),
        ({"DATA.": b""}, "unknown"),
        ({"RCPT": b"550-5.1.1 first line\r\n550 5.1.1 last line"}, "refused"),
        ({"GREETING": b"220-mail\r\n220-welcome\r\n220 ready", "RCPT": b"250-a\r\n250 b"}, "accepted"),
        ({"RCPT": "550 adresse refusée".encode("latin-1")}, "refused"),
        ({"RCPT": b"421 4.7.0 closing"}, "deferred"),
        ({"DATA": b"451 4.3.0 not now"}, "deferred"),
        ({"QUIT": b""}, "accepted"),
    ],
    ids=[
        "greylist",
        "refused",
        "data_4xx",
        "data_5xx",
        "data_lost",
        "multiline",
        "multiline_ok",
        "8bit_reply",
        "rcpt_421",
        "data_451",
        "no_bye",
    ],
)
async def test_what_becomes_of_a_mail(certificates: Certificates, answers: dict[str, bytes], outcomes: str) -> None:
    """4xx is for later, 5xx for good; an answer that was lost is unknown, and the mail is not sent again."""
    async with scripted_smtp(certificates, answers) as script:
        outcome = await send(script, certificates)

    assert [result.outcome.value for result in outcome.recipients] == [outcomes]
    assert sum(line == "DATA" for line in script.seen) == (0 if "RCPT" in answers and outcomes != "accepted" else 1)


async def test_each_recipient_has_its_own_outcome(certificates: Certificates) -> None:
    """One of three is refused, one deferred."""
    answers = {"RCPT TO:<c@example.net>": b"550 no", "RCPT TO:<d@example.net>": b"450 later"}
    async with scripted_smtp(certificates, answers) as script:
        outcome = await send(script, certificates, to=("b@example.net", "c@example.net", "d@example.net"))

    assert [result.outcome.value for result in outcome.recipients] == ["accepted", "refused", "deferred"]


@pytest.mark.parametrize("size", ["SIZE", "SIZE 0"])
async def test_a_server_without_a_limit(certificates: Certificates, size: str) -> None:
    """SIZE without a number, or 0, is no limit (RFC 1870 4)."""
    async with scripted_smtp(certificates, caps("AUTH PLAIN", size)) as script:
        assert (await send(script, certificates)).state == "sent"


async def test_a_mail_that_is_too_large(certificates: Certificates) -> None:
    """The server's 552 is told before anything is transferred."""
    refused = b"552 5.3.4 Message size exceeds fixed limit"
    async with scripted_smtp(certificates, {"MAIL": refused}) as script:
        with pytest.raises(SmtpRefused, match="Message size exceeds fixed limit"):
            await send(script, certificates)

    assert "DATA" not in script.seen


async def test_lines_on_the_wire(certificates: Certificates) -> None:
    """Leading dots are doubled, and no bare LF or CR goes out (CVE-2023-51764)."""
    mail = b"Subject: s\r\n\r\n.dot\n\n.\nMAIL FROM:<evil@example.org>\r..\r\nend\r\n"
    async with scripted_smtp(certificates) as script:
        await send(script, certificates, mail=mail)

    assert b"\r\n..dot\r\n" in script.mail
    assert b"\r\n..\r\nMAIL FROM" in script.mail
    assert b"\n" not in script.mail.replace(b"\r\n", b"")
    assert b"\r" not in script.mail.replace(b"\r\n", b"")


@pytest.mark.parametrize(
    ("to", "mail", "error", "told"),
    [
        (("用户@example.net",), MAIL, InvalidAddress, "lacks SMTPUTF8"),
        (("b@example.net>\r\nRCPT TO:<evil@example.org",), MAIL, InvalidAddress, "is not an e-mail address"),
        ((f"{'x' * 250}@example.net",), MAIL, InvalidAddress, "is longer than"),
        (TO, b"Subject: s\r\n\r\n\xc3\xa4\r\n", InputError, "takes no 8-bit message"),
    ],
    ids=["eai", "inject", "too_long", "no_8bitmime"],
)
async def test_what_never_leaves(
    certificates: Certificates, to: tuple[str, ...], mail: bytes, error: type[GlassdomeError], told: str
) -> None:
    """Refused in words, before MAIL FROM."""
    async with scripted_smtp(certificates, caps("AUTH PLAIN")) as script:
        with pytest.raises(error, match=told):
            await send(script, certificates, to=to, mail=mail)

    assert not any(line.startswith(("MAIL", "RCPT", "DATA")) for line in script.seen)


async def test_an_international_address_goes_where_it_can(certificates: Certificates) -> None:
    """With SMTPUTF8 it is sent as UTF-8 (RFC 6531 3.4)."""
    async with scripted_smtp(certificates, caps("AUTH PLAIN", "8BITMIME", "SMTPUTF8")) as script:
        outcome = await send(script, certificates, to=("用户@example.net",))

    assert outcome.state == "sent"
    assert "RCPT TO:<用户@example.net>" in script.seen
    assert any(line.startswith("MAIL FROM:<a@example.org>") and "SMTPUTF8" in line for line in script.seen)


async def test_addresses_that_are_sent(certificates: Certificates) -> None:
    """An international domain goes as ASCII; a local part of more than 64 octets (SRS, VERP) goes as it is."""
    long = "SRS0=abcd=12=some-very-long-domain-name.example=newsletter-bounce-1234567=x@example.net"
    async with scripted_smtp(certificates) as script:
        outcome = await send(script, certificates, to=("info@bücher.example", long))

    assert [result.address for result in outcome.recipients] == ["info@xn--bcher-kva.example", long]
    assert f"RCPT TO:<{long}>" in script.seen


@pytest.mark.parametrize(
    ("answers", "error", "told"),
    [
        ({"GREETING": b"554 no SMTP service here"}, ConnectFailed, "refuses connections: 554 no SMTP service here"),
        ({"EHLO": b"502 command not implemented"}, SmtpRefused, "command not implemented"),
        ({"GREETING": b"421 4.3.2 too busy"}, ConnectFailed, "421"),
        ({"MAIL": b"550 5.7.1 sender not allowed"}, SmtpRefused, "sender not allowed"),
        ({"MAIL": b"451 4.7.1 later"}, SmtpRefused, "later"),
        ({"MAIL": b""}, Disconnected, "closed the connection"),
    ],
    ids=["no_greeting", "helo_only", "busy", "sender_5xx", "sender_4xx", "hung_up"],
)
async def test_servers_that_want_nothing(
    certificates: Certificates, answers: dict[str, bytes], error: type[GlassdomeError], told: str
) -> None:
    """Their words reach the person."""
    async with scripted_smtp(certificates, answers) as script:
        with pytest.raises(error, match=told):
            await send(script, certificates)
