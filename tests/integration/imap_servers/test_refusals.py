"""A NO is read as what it is: nothing there, not now, or never. The words are those that servers sent to people."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from glassdome.core.errors import (
    ConnectFailed,
    Disconnected,
    FolderMissing,
    ImapRefused,
    LoginRefused,
    LoginUnsupported,
    NotFound,
    TransportError,
)
from glassdome.integrations.imap import connection as connection_module
from glassdome.integrations.imap import pool as pool_module
from glassdome.integrations.imap.connection import Connection
from glassdome.integrations.tls import TlsPolicy
from glassdome.values.refs import Cursor
from tests.integration.imap_servers.conftest import BOB, Bench
from tests.servers.certificates import Certificates
from tests.servers.scripted_imap import RAW, scripted

ENOUGH = 100_000

FOR_NOW = [
    b"NO Server Unavailable. 15",
    b"NO Unable to open this mailbox.",
    b"NO Mailbox is not synced yet, account is not synced yet",
    b"NO Request is throttled. Suggested Backoff Time: 98765 milliseconds",
    b"NO [UNAVAILABLE] Temporary internal error",
    b"NO [SERVERBUG] Internal error occurred. Refer to server log for more information.",
    b"NO [INUSE] Mailbox is in use by another session",
    b"NO [LIMIT] Too many operations",
    b"NO [THROTTLED] Slow down",
    b"NO [ALERT] Please try again later",
    b"NO EXAMINE Unsafe Login. Please contact kefu@188.com for help",
    b"BAD User is authenticated but not connected.",
    b"NO [NONEXISTENT] Mailbox doesn't exist: INBOX",
    b"NO [OVERQUOTA] Account exceeded command or bandwidth limits. (Failure)",
    b"NO [CONTACTADMIN] Temporarily switched off",
    b"NO [NOPERM] Too many requests",
    b"BAD Command Argument Error. 11",
]
#: Said to commands that were well-formed, by servers in trouble; no word tells for how long.
BAD = [
    b"BAD Command received in Invalid state.",
    b"BAD Request not handled",
    b"BAD [ALERT] Something went wrong",
    b"BAD what",
    b"BAD",
]


@pytest.mark.parametrize("said", FOR_NOW)
async def test_a_refused_inbox_is_refused_for_now(bench: Bench, said: bytes) -> None:
    """INBOX is always there: whatever the server says is temporary, and its words reach the person. Then it works."""
    bench.server.script("(EXAMINE|STATUS)", b"TAG " + said + b"\r\n", times=1)
    with pytest.raises(ImapRefused) as caught:
        await bench.source.fetch(bench.ref(), max_bytes=ENOUGH)
    assert caught.value.temporary
    assert caught.value.away
    words = said.partition(b"] ")[2] or said.partition(b" ")[2]
    assert words.decode().strip(".") in caught.value.public_message
    assert await bench.source.fetch(bench.ref(), max_bytes=ENOUGH) == RAW


@pytest.mark.parametrize(
    "said",
    [
        b"NO [UNAVAILABLE] Backend down",
        b"NO [SERVERBUG] Internal error occurred",
        b"NO [LIMIT] Too many operations",
        b"NO Request timed out, try again",
        b"NO Some messages could not be FETCHed (Failure)",
        b"NO [OVERQUOTA] Account exceeded command or bandwidth limits. (Failure)",
        b"NO [CLIENTBUG] Try again later",
    ],
)
async def test_a_refused_fetch_is_refused_for_now(bench: Bench, said: bytes) -> None:
    """The connection is kept, and the next try has the message."""
    bench.server.script("UID FETCH", b"TAG " + said + b"\r\n", times=1)
    with pytest.raises(ImapRefused) as caught:
        await bench.source.fetch(bench.ref(), max_bytes=ENOUGH)
    assert caught.value.temporary
    assert await bench.source.fetch(bench.ref(), max_bytes=ENOUGH) == RAW
    assert bench.server.logins == 1


async def test_a_final_refusal_is_final(bench: Bench) -> None:
    """A code that says why it will be refused again is believed."""
    bench.server.script("EXAMINE", b"TAG NO [NOPERM] You may not\r\n")
    with pytest.raises(ImapRefused) as caught:
        await bench.source.fetch(bench.ref(), max_bytes=ENOUGH)
    assert not caught.value.temporary


@pytest.mark.parametrize(
    "said", [b"NO Unable to open this mailbox.", b"NO Mailbox doesn't exist: Gone", b"NO [NONEXISTENT] no"]
)
async def test_a_missing_folder_is_missing(bench: Bench, said: bytes) -> None:
    """The list of folders decides if code and words leave it open."""
    bench.server.script("(EXAMINE|STATUS)", b"TAG " + said + b"\r\n")
    with pytest.raises(FolderMissing):
        await bench.new(folder="Gone")


async def test_a_listed_folder_is_not_missing(bench: Bench) -> None:
    """The same words about a folder that is listed mean: not now."""
    bench.server.script("(EXAMINE|STATUS)", b"TAG NO Unable to open this mailbox.\r\n")
    with pytest.raises(ImapRefused) as caught:
        await bench.new(folder="Sent")
    assert caught.value.temporary


async def test_fetch_without_data_is_no_lost_mail(bench: Bench) -> None:
    """OK without data about a message that the server lists: asked again; about one it does not list: gone."""
    bench.server.script("UID FETCH", b"TAG OK done\r\n", times=1)
    with pytest.raises(ImapRefused) as caught:
        await bench.source.fetch(bench.ref(), max_bytes=ENOUGH)
    assert caught.value.temporary
    assert await bench.source.fetch(bench.ref(), max_bytes=ENOUGH) == RAW
    with pytest.raises(NotFound):
        await bench.source.fetch(bench.ref(9), max_bytes=ENOUGH)


async def test_body_nil_is_no_empty_mail(bench: Bench) -> None:
    """BODY[] NIL is no message."""
    bench.server.script(r"UID FETCH 2 \(UID BODY", b"* 2 FETCH (UID 2 BODY[] NIL)\r\nTAG OK\r\n", times=1)
    with pytest.raises(ImapRefused):
        await bench.source.fetch(bench.ref(), max_bytes=ENOUGH)
    assert await bench.source.fetch(bench.ref(), max_bytes=ENOUGH) == RAW


@pytest.mark.parametrize("body", [b'""', b"{0}\r\n"])
async def test_an_empty_body_is_no_empty_mail(bench: Bench, body: bytes) -> None:
    """A message that has a size has bytes: a server in trouble sends none of them, and is asked again."""
    bench.server.script(r"UID FETCH 2 \(UID BODY", b"* 2 FETCH (UID 2 BODY[] " + body + b")\r\nTAG OK\r\n", times=1)
    with pytest.raises(ImapRefused) as caught:
        await bench.source.fetch(bench.ref(), max_bytes=ENOUGH)
    assert caught.value.temporary
    assert await bench.source.fetch(bench.ref(), max_bytes=ENOUGH) == RAW


@pytest.mark.parametrize("size", [b"NIL", b"-1", b'""'])
async def test_a_size_that_the_server_does_not_know(bench: Bench, size: bytes) -> None:
    """The message is fetched; the bound on its bytes stays."""
    said = b"* 2 FETCH (UID 2 RFC822.SIZE " + size + b")\r\nTAG OK\r\n"
    bench.server.script(r"UID FETCH 2 \(UID RFC822.SIZE", said, times=1)
    assert await bench.source.fetch(bench.ref(), max_bytes=ENOUGH) == RAW


async def test_a_full_mailbox_is_final(bench: Bench) -> None:
    """OVERQUOTA is about room where something is stored (RFC 5530)."""
    bench.server.script("UID (COPY|MOVE)", b"TAG NO [OVERQUOTA] Mailbox is full\r\n")
    with pytest.raises(ImapRefused) as caught:
        await bench.editor.move(bench.ref(), "Junk")
    assert not caught.value.temporary


async def test_no_to_one_message_keeps_the_words(bench: Bench) -> None:
    """Exchange's classic."""
    words = "The requested message could not be converted to an RFC-822 compatible format"
    bench.server.script("UID FETCH", f"TAG NO {words}.\r\n".encode())
    with pytest.raises(ImapRefused, match=words):
        await bench.source.fetch(bench.ref(), max_bytes=ENOUGH)


LATER = [
    b"NO [ALERT] Too many simultaneous connections. (Failure)",
    b"NO [LIMIT] LOGIN Rate limit hit.",
    b"NO [UNAVAILABLE] Maximum number of connections from user+IP exceeded (mail_max_userip_connections=10)",
    b"NO [THROTTLED] AUTHENTICATE Rate limit hit",
    b"NO [ALERT] Account exceeded command or bandwidth limits.",
    b"NO Server is temporarily busy, try again later",
    b"NO [OVERQUOTA] Account exceeded command or bandwidth limits.",
    b"NO [AUTHENTICATIONFAILED] Temporary authentication failure",
    b"NO Authentication service down",
    b"NO Error: cannot connect to authentication daemon",
    b"* BYE [ALERT] Autologout\r\n",
    b"* BYE [ALERT] Too many connections from this address\r\n",
]


@pytest.mark.parametrize("said", LATER)
async def test_a_full_server_is_no_wrong_password(bench: Bench, said: bytes) -> None:
    """It is a server that is away for now; its words are kept, and logins go on at once."""
    times = 2 if said.startswith(b"*") else 1  # a first hang-up is tried again at once
    bench.server.script("(AUTHENTICATE|LOGIN)", said if times == 2 else b"TAG " + said + b"\r\n", times=times)
    with pytest.raises(ConnectFailed) as caught:
        await bench.new()
    assert said.strip().rpartition(b"] ")[2].removeprefix(b"NO ").decode()[:30] in caught.value.public_message
    assert await bench.new() == (2, 3)


async def test_a_full_server_names_the_setting(bench: Bench) -> None:
    """A limit on connections is explained."""
    bench.server.script("AUTHENTICATE", b"TAG NO [ALERT] Too many simultaneous connections. (Failure)\r\n")
    with pytest.raises(ConnectFailed, match="GLASSDOME_IMAP_CONNECTIONS"):
        await bench.new()


@pytest.mark.parametrize("capabilities", ["IMAP4rev1 LOGINDISABLED AUTH=XOAUTH2 SASL-IR", "IMAP4rev1 AUTH=XOAUTH2"])
async def test_a_server_that_wants_tokens_is_named(bench: Bench, capabilities: str) -> None:
    """It is no wrong password: no number of such mailboxes stops the logins of the others."""
    bench.server.capabilities = capabilities
    bench.server.script("LOGIN", b"TAG NO LOGIN failed.\r\n")
    for number in range(20):
        with pytest.raises(LoginUnsupported, match="XOAUTH2"):
            await bench.source.new_uids(f"box{number}@example.net", "INBOX", None)


async def test_login_disabled_uses_sasl(bench: Bench) -> None:
    """LOGINDISABLED without SASL-IR: AUTHENTICATE in two steps, and LOGIN is never sent."""
    bench.server.capabilities = "IMAP4rev1 LOGINDISABLED AUTH=PLAIN"
    assert await bench.new() == (2, 3)
    assert bench.server.commands("^AUTHENTICATE PLAIN$")
    assert not bench.server.commands("^LOGIN ")


async def test_no_way_in_is_told(bench: Bench) -> None:
    """LOGINDISABLED and no mechanism that takes a password."""
    bench.server.capabilities = "IMAP4rev1 LOGINDISABLED AUTH=CRAM-MD5"
    with pytest.raises(LoginUnsupported, match="LOGINDISABLED"):
        await bench.new()


async def test_login_without_sasl(bench: Bench) -> None:
    """A server with nothing but LOGIN."""
    bench.server.capabilities = "IMAP4rev1"
    assert await bench.new() == (2, 3)


@pytest.mark.parametrize("said", [b"NO [AUTHENTICATIONFAILED] Invalid credentials", b"NO LOGIN failed."])
async def test_a_wrong_password_is_one(bench: Bench, said: bytes) -> None:
    """And is not tried again and again."""
    bench.server.script("AUTHENTICATE", b"TAG " + said + b"\r\n", times=1)
    for _ in range(2):
        with pytest.raises(LoginRefused, match="Check the password"):
            await bench.new()
    assert len(bench.server.commands("^AUTHENTICATE")) == 1


async def test_alert_in_ok_is_a_success(bench: Bench) -> None:
    """RFC 3501: an ALERT is for people."""
    bench.server.script("NOOP", b"TAG OK [ALERT] Mailbox is at 95% of quota\r\n")
    assert await bench.new() == (2, 3)


@pytest.mark.parametrize("said", [b"NO [AUTHENTICATIONFAILED] Invalid credentials", b"BAD Login failed"])
async def test_a_login_that_worked_is_doubted_once(bench: Bench, monkeypatch: pytest.MonkeyPatch, said: bytes) -> None:
    """Servers in trouble refuse good passwords: one more try after a moment; a second refusal is believed."""
    monkeypatch.setattr(pool_module, "LOGIN_DOUBT_SECONDS", 0.0)
    assert await bench.new() == (2, 3)
    bench.server.script("(STATUS|EXAMINE)", b"* BYE bye\r\n", times=1)
    bench.server.script("AUTHENTICATE", b"TAG " + said + b"\r\n", times=1)
    with pytest.raises(ConnectFailed, match=said.rpartition(b"] ")[2].removeprefix(b"BAD ").decode()):
        await bench.new()
    assert await bench.new() == (2, 3)
    bench.server.script("(STATUS|EXAMINE)", b"* BYE bye\r\n", times=1)
    bench.server.script("AUTHENTICATE", b"TAG " + said + b"\r\n")
    for expected in (ConnectFailed, LoginRefused, LoginRefused):
        with pytest.raises(expected):
            await bench.new()
    assert len(bench.server.commands("^AUTHENTICATE")) == 5


async def test_a_password_that_a_server_repeats_is_not_told(bench: Bench) -> None:
    """Some servers quote the command that they refuse."""
    bench.server.capabilities = "IMAP4rev1"
    bench.server.script("LOGIN", "TAG BAD Cannot do LOGIN bob pässword\r\n".encode())
    with pytest.raises(LoginRefused) as caught:
        await bench.new()
    assert "pässword" not in caught.value.public_message


async def test_nothing_at_all_is_no_answer(bench: Bench) -> None:
    """A server in trouble answers OK to everything, and nothing else: no mail is gone, no folder missing, nothing old."""
    bench.server.script("(UID FETCH|UID SEARCH)", b"TAG OK done\r\n")
    with pytest.raises(ImapRefused) as caught:
        await bench.source.fetch(bench.ref(), max_bytes=ENOUGH)
    assert caught.value.temporary
    with pytest.raises(ImapRefused):
        await bench.source.new_uids(BOB, "INBOX", Cursor(uid_validity=6, last_uid=1))
    with pytest.raises(ImapRefused):
        await bench.source.new_uids(BOB, "INBOX", Cursor.starting(datetime(2026, 11, 1, tzinfo=UTC)))
    with pytest.raises(ImapRefused):
        await bench.editor.move(bench.ref(), "Junk")
    bench.server.unscript()
    bench.server.script("(LIST|EXAMINE|SELECT)", b"TAG OK done\r\n")
    for ask in (bench.editor.move(bench.ref(), "\\Junk"), bench.source.fetch(bench.ref(), max_bytes=ENOUGH)):
        with pytest.raises(ImapRefused) as caught:
            await ask
        assert caught.value.temporary


async def test_messages_without_facts_are_not_passed_over(bench: Bench) -> None:
    """The server lists three messages and describes one: whoever asked must not take the others for deleted."""
    bench.server.script("UID FETCH", b"* 1 FETCH (UID 1 RFC822.SIZE 9 FLAGS ())\r\nTAG OK\r\n", times=1)
    async with bench.pool.session(BOB) as session:
        await session.examine("INBOX")
        with pytest.raises(ImapRefused, match="message 2"):
            await session.facts([1, 2, 3])
        bench.server.folder(BOB).mails.pop()
        assert [fact.uid for fact in await session.facts([1, 2, 3])] == [1, 2]


async def test_greeting_bye_is_a_server_away(bench: Bench) -> None:
    """Dovecot and Gmail turn clients away so."""
    bench.server.greeting = b"* BYE [UNAVAILABLE] Too many connections from your IP"
    with pytest.raises((ConnectFailed, Disconnected)) as caught:
        await bench.new()
    assert caught.value.temporary
    assert "Too many connections" in caught.value.public_message


@pytest.mark.parametrize("command", ["EXAMINE", "STATUS", "UID FETCH", "UID SEARCH"])
@pytest.mark.parametrize("said", BAD)
async def test_bad_is_asked_again_on_a_new_connection(bench: Bench, command: str, said: bytes) -> None:
    """Our commands are well-formed, so that BAD tells of the server's trouble; its words are kept."""
    bench.server.script(command, b"TAG " + said + b"\r\n", times=1)
    ask = bench.source.fetch(bench.ref(), max_bytes=ENOUGH) if command == "UID FETCH" else bench.new()
    with pytest.raises(ImapRefused) as caught:
        await ask
    assert caught.value.temporary
    assert said.rpartition(b"] ")[2].removeprefix(b"BAD ").decode().strip(".") in caught.value.public_message
    assert await bench.source.fetch(bench.ref(), max_bytes=ENOUGH) == RAW
    assert await bench.new() == (2, 3)
    assert bench.server.logins == 2


@pytest.mark.parametrize("said", [b"BAD [CLIENTBUG] Wrong", b"NO [CANNOT] never"])
async def test_what_is_final_stays_final(bench: Bench, said: bytes) -> None:
    """A code that says why it will be refused again is believed, beside BAD too."""
    bench.server.script("UID FETCH", b"TAG " + said + b"\r\n")
    with pytest.raises(ImapRefused) as caught:
        await bench.source.fetch(bench.ref(), max_bytes=ENOUGH)
    assert not caught.value.temporary


async def test_resumes_after_bye(bench: Bench) -> None:
    """A server that hangs up idle connections is logged in to again, without an error."""
    assert await bench.new() == (2, 3)
    bench.server.script("(STATUS|EXAMINE)", b"* BYE idle for too long\r\n", times=1)
    assert await bench.new() == (2, 3)
    assert bench.server.logins == 2


async def test_body_cut_in_the_middle_is_fetched_again(bench: Bench) -> None:
    """Never half a mail."""
    bench.server.script(r"UID FETCH 2 \(UID BODY", b"* 2 FETCH (UID 2 BODY[] {106}\r\nFrom: A\r\n* BYE", times=1)
    assert await bench.source.fetch(bench.ref(), max_bytes=ENOUGH) == RAW


@pytest.mark.parametrize(("starttls", "fix"), [(False, "GLASSDOME_IMAP_TLS=implicit"), (True, "GLASSDOME_IMAP_TLS")])
async def test_tls_at_the_wrong_moment_is_told(
    certificates: Certificates, monkeypatch: pytest.MonkeyPatch, starttls: bool, fix: str
) -> None:
    """A port that speaks TLS at once says nothing to a STARTTLS client; the other way round no handshake comes about."""
    monkeypatch.setattr(connection_module, "IMAP_CONNECT_SECONDS", 1.0)
    async with scripted(certificates, starttls=starttls) as server:
        tls = TlsPolicy(ca_file=certificates.ca)
        with pytest.raises(TransportError) as caught:
            await Connection.open("localhost", server.port, tls, implicit=starttls)
    assert fix in caught.value.fix


async def test_mailbox_of_the_scripted_server_is_bobs(bench: Bench) -> None:
    """The bench holds what its tests lean on."""
    assert [mail.uid for mail in bench.server.folder(BOB).mails] == [1, 2, 3]
