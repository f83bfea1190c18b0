"""Quirks of servers in the field, after their users' reports: read as meant, and never as `nothing new`."""

from __future__ import annotations

import asyncio
import base64

import pytest

from glassdome.core.errors import Disconnected, FolderMissing, ImapRefused, KeywordsUnsupported, NotFound
from glassdome.integrations.imap.connection import Connection
from glassdome.integrations.imap.login import log_in
from glassdome.integrations.imap.pool import ImapPool
from glassdome.mailbox.editor import ImapEditor
from glassdome.values.refs import Cursor, MessageRef
from tests.integration.imap_servers.conftest import BOB, Bench
from tests.servers.scripted_imap import RAW, Folder

ENOUGH = 100_000


@pytest.mark.parametrize("open_tells", ["", "[UIDNEXT {next}]", "[UIDNEXT 0]"])
@pytest.mark.parametrize(
    "status_tells",
    [
        "MESSAGES {count} UIDVALIDITY {validity}",
        "MESSAGES {count} UIDNEXT 0 UIDVALIDITY {validity}",
        "MESSAGES {count} UIDNEXT {next} UIDVALIDITY {validity}",
        "MESSAGES {count}",
    ],
)
async def test_uidnext_may_be_missing(bench: Bench, open_tells: str, status_tells: str) -> None:
    """New mail is found, and found once, whatever the server says of UIDNEXT (Winmail, Courier; RFC 3501 6.3.1)."""
    bench.server.open_tells, bench.server.status_tells = open_tells, status_tells
    first = await bench.source.new_uids(BOB, "INBOX", None)
    assert (first.uids, first.cursor) == ((), Cursor(uid_validity=7, last_uid=3))
    assert await bench.new(first.cursor) == ()
    bench.server.deliver(BOB)
    found = await bench.source.new_uids(BOB, "INBOX", first.cursor)
    assert (found.uids, found.cursor.last_uid) == ((4,), 4)


@pytest.mark.parametrize(
    "said",
    [
        b"* STATUS {5}\r\nINBOX (MESSAGES 3 UIDNEXT 4 UIDVALIDITY 7)\r\nTAG OK\r\n",
        b"TAG OK nothing to say\r\n",
        b'* STATUS "INBOX" (messages 3 uidnext 4 uidvalidity 7)\r\nTAG OK\r\n',
        b"* 4 EXISTS\r\n* 1 FETCH (FLAGS (\\Seen))\r\n* STATUS INBOX (MESSAGES 3 UIDNEXT 4 UIDVALIDITY 7)\r\nTAG OK\r\n",
        b"* XYAHOO {3}\r\nabc\r\n* STATUS INBOX (MESSAGES 3 UIDNEXT 4 UIDVALIDITY 7)\r\nTAG OK\r\n",
        b'* OK [BADCHARSET ("UTF-8")] x\r\n* STATUS INBOX (MESSAGES 3 UIDNEXT 4 UIDVALIDITY 7)\r\nTAG OK\r\n',
        b"* STATUS INBOX (MESSAGES 3 UIDNEXT 4 UIDVALIDITY 7)\r\nTAG OK",
    ],
    ids=["literal", "missing", "lower case", "interleaved", "unknown", "codes", "no text"],
)
async def test_status_in_many_forms(bench: Bench, said: bytes) -> None:
    """A literal name, no STATUS line at all, the news of other sessions in between."""
    bench.server.script("STATUS", said if said.endswith(b"\r\n") else said + b"\r\n")
    assert await bench.new() == (2, 3)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (b"* SEARCH 2 3\r\n", (2, 3)),
        (b"* SEARCH 2 3 \r\n", (2, 3)),
        (b'* ESEARCH (TAG "TAG") UID ALL 2:3\r\n', (2, 3)),
        (b'* ESEARCH (TAG "TAG") UID MIN 2 COUNT 2 ALL 2,3\r\n', (2, 3)),
        (b"* SEARCH 2 3 (MODSEQ 917)\r\n", (2, 3)),
        (b"* search 2 3\r\n", (2, 3)),
        (b"* SEARCH 2\r\n* SEARCH 3\r\n", (2, 3)),
        (b"* SEARCH \r\n", (2, 3)),
        (b"* SEARCH\r\n", (2, 3)),
        (b"", (2, 3)),
        (b'* ESEARCH (TAG "TAG") UID\r\n', (2, 3)),
        (b"* SEARCH 1\r\n", ()),
    ],
)
async def test_search_in_many_forms(bench: Bench, said: bytes, expected: tuple[int, ...]) -> None:
    """`n:*` is never empty in a folder that is not: then the server is asked in another way (GNU Mailutils)."""
    bench.server.script("UID SEARCH UID", said + b"TAG OK\r\n")
    assert await bench.new() == expected


async def test_a_server_that_finds_nothing_is_asked_for_all(bench: Bench) -> None:
    """The third way: neither the range in SEARCH nor in FETCH finds anything."""
    bench.server.script("UID SEARCH UID", b"TAG OK\r\n")
    bench.server.script(r"UID FETCH \d+:\*", b"TAG OK\r\n")
    assert await bench.new() == (2, 3)


async def test_silence_is_told(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    """A server that says EXISTS and finds nothing in any way is warned of: silence is not `nothing new`."""
    bench.server.script("UID (SEARCH|FETCH)", b"TAG OK\r\n")
    assert await bench.new() == ()
    assert "folder_silent" in capsys.readouterr().out


async def test_huge_search(bench: Bench) -> None:
    """200,000 UIDs in one line."""
    bench.server.script(
        "UID SEARCH", b"* SEARCH " + b" ".join(b"%d" % n for n in range(2, 200_002)) + b"\r\nTAG OK\r\n"
    )
    assert len(await bench.new()) == 200_000


async def test_message_id_with_quotes(bench: Bench) -> None:
    """A quote and a backslash in a Message-ID."""
    bench.server.deliver(BOB, RAW.replace(b"<m@example.org>", b'<a"b\\c@x>'))
    assert (await bench.source.find(BOB, "INBOX", '<a"b\\c@x>')).uid == 4


@pytest.mark.parametrize(
    "said",
    [
        b"* 2 FETCH (BODY[] {%d}\r\n%s FLAGS () UID 2)\r\n",
        b"* 1 FETCH (FLAGS (\\Seen))\r\n* 2 FETCH (UID 2 BODY[] {%d}\r\n%s)\r\n* 3 EXISTS\r\n",
        b"* 2 fetch (uid 2 body[] {%d}\r\n%s)\r\n",
    ],
)
async def test_fetch_in_many_forms(bench: Bench, said: bytes) -> None:
    """The order of items, lower case, and other responses in between do not matter; nor does a wrong RFC822.SIZE."""
    bench.server.script(r"UID FETCH 2 \(UID BODY", said % (len(RAW), RAW) + b"TAG OK\r\n")
    bench.server.script("UID FETCH 2", b"* 2 FETCH (UID 2 RFC822.SIZE 70)\r\nTAG OK\r\n")
    assert await bench.source.fetch(bench.ref(), max_bytes=ENOUGH) == RAW


async def test_fetch_quoted(bench: Bench) -> None:
    """A short body as a quoted string."""
    bench.server.script(r"UID FETCH 2 \(UID BODY", b'* 2 FETCH (UID 2 BODY[] "Subject: x")\r\nTAG OK\r\n')
    assert await bench.source.fetch(bench.ref(), max_bytes=ENOUGH) == b"Subject: x"


async def test_announced_before_its_payload(bench: Bench) -> None:
    """Exchange lists a message a moment before it can give it."""
    bench.server.script("UID FETCH 2", b"TAG OK\r\n", times=1)
    with pytest.raises(ImapRefused) as caught:
        await bench.source.fetch(bench.ref(), max_bytes=ENOUGH)
    assert caught.value.temporary


# -- folders


@pytest.mark.parametrize(
    ("wire", "readable"),
    [
        ("A&B C", "A&B C"),
        ("Entw\u00fcrfe", "Entwürfe"),
        ("Entw\udcfcrfe", "Entwürfe"),
        ("Gel&APY-schte Elemente", "Gelöschte Elemente"),
        ("&AOQ", "&AOQ"),
        ('Ab"c"de', 'Ab"c"de'),
        ("R&-D", "R&D"),
    ],
)
async def test_any_folder_name_opens(bench: Bench, wire: str, readable: str) -> None:
    """The name is shown as people read it, and the server is sent the bytes that it listed, also on a new connection."""
    folder = Folder(wire)
    folder.add()
    bench.server.folder(BOB)
    bench.server.mailboxes[BOB].append(folder)
    assert readable in await bench.source.folders(BOB)
    begun = Cursor(uid_validity=7, last_uid=0)
    assert await bench.new(begun, folder=readable) == (1,)
    await bench.pool.aclose()
    assert await bench.new(begun, folder=readable) == (1,)
    ref = MessageRef(mailbox=BOB, folder=readable, uid_validity=7, uid=1)
    assert await bench.source.fetch(ref, max_bytes=ENOUGH) == RAW


@pytest.mark.parametrize(
    "listed", [b"* LIST () NIL Sent\r\n", b'* LIST () "/" {4}\r\nSent\r\n', b"* list () nil Sent\r\n"]
)
async def test_list_in_many_forms(bench: Bench, listed: bytes) -> None:
    """NIL as delimiter, a literal as name; `Inbox` is INBOX, and what stands below it keeps its name."""
    bench.server.script("LIST", b'* LIST () "/" Inbox\r\n* LIST () "/" "Inbox/Sub"\r\n' + listed + b"TAG OK\r\n")
    assert await bench.source.folders(BOB) == ("INBOX", "Inbox/Sub", "Sent")


async def test_list_asks_for_nothing_unknown(bench: Bench) -> None:
    """No RETURN where the server has no LIST-EXTENDED."""
    await bench.source.folders(BOB)
    assert bench.server.commands("^LIST") == ['LIST "" "*"']


JUNK = [
    ("INBOX.Junk", "", '"."'),
    ("INBOX/Junk", "", '"/"'),
    ("INBOX.Spam", "", '"."'),
    ("Junk E-Mail", "", '"/"'),
    ("Unerw&APw-nscht", "", '"/"'),
    ("Courrier ind&AOk-sirable", "", '"/"'),
    ("&j,dg0TDhMPww6w-", "", '"/"'),
    ("&BCEEPwQwBDw-", "", '"/"'),
    ("[Gmail]/Spam", "", '"/"'),
    ("Whatever", "\\Junk", '"/"'),
    ("INBOX.Quatsch", "\\junk", '"."'),
    ("spam", "", "NIL"),
]


@pytest.mark.parametrize(("wire", "attributes", "delimiter"), JUNK)
async def test_junk_is_found_and_moved_to(bench: Bench, wire: str, attributes: str, delimiter: str) -> None:
    """By special use, or by name in the languages of mail programs, below a namespace or not."""
    bench.server.capabilities += " UIDPLUS MOVE NAMESPACE"
    bench.server.delimiter = delimiter
    bench.server.mailboxes[BOB][1:] = [Folder("Trash"), Folder(wire, attributes)]
    moved = await bench.editor.move(bench.ref(), "\\Junk")
    assert len(bench.server.folder(BOB, wire).mails) == 1
    assert moved.uid == 1
    assert await bench.source.fetch(moved, max_bytes=ENOUGH) == RAW


async def test_a_namespace_is_taken_off(bench: Bench) -> None:
    """A prefix of the server's own making (RFC 2342)."""
    bench.server.capabilities += " NAMESPACE"
    bench.server.script("NAMESPACE", b'* NAMESPACE (("mail/bob/" "/")) NIL NIL\r\nTAG OK\r\n')
    bench.server.mailboxes[BOB][1:] = [Folder("Archive/Spam"), Folder("mail/bob/Spam")]
    assert (await bench.source.find(BOB, "INBOX", "<m@example.org>")).uid == 3
    with pytest.raises(NotFound, match="mail/bob/Spam"):
        await bench.source.find(BOB, "\\Junk", "<m@example.org>")


@pytest.mark.parametrize("others", [["Sent"], ["Archive/Junk"], ["INBOX/2026/Spam"], []])
async def test_no_junk_folder_is_said(bench: Bench, others: list[str]) -> None:
    """A folder of a folder is not taken for it, and the message stays."""
    bench.server.mailboxes[BOB][1:] = [Folder(name) for name in others]
    with pytest.raises(FolderMissing, match="has no Junk folder"):
        await bench.editor.move(bench.ref(), "\\Junk")
    assert len(bench.server.folder(BOB).mails) == 3


async def test_a_server_of_utf8_names_only(bench: Bench) -> None:
    """RFC 6855: names are UTF-8, and the server is sent what it listed."""
    bench.server.capabilities += " IMAP4rev2 UTF8=ONLY"
    bench.server.mailboxes[BOB].append(Folder("Häät"))
    assert "Häät" in await bench.source.folders(BOB)
    assert await bench.new(None, folder="Häät") == ()


async def test_capabilities_in_the_greeting(bench: Bench) -> None:
    """And a password beyond ASCII, which goes as UTF-8."""
    bench.server.greeting = b"* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] ready"
    assert await bench.new() == (2, 3)
    (said,) = bench.server.commands("^AUTHENTICATE")
    assert base64.b64decode(said.split()[2]) == f"\0{BOB}\0pässword".encode()


async def test_alert_in_the_login(bench: Bench) -> None:
    """OK [ALERT] is a success (RFC 3501 7.1)."""
    bench.server.login_says = "OK [ALERT] Mailbox is at 95% of its quota"
    assert await bench.new() == (2, 3)


# -- changing


@pytest.mark.parametrize("capabilities", [" MOVE UIDPLUS", " UIDPLUS", " MOVE"])
async def test_move_without_move(bench: Bench, capabilities: str) -> None:
    """COPY, STORE and UID EXPUNGE where there is no MOVE, and the new place is known, without UIDPLUS too."""
    bench.server.capabilities += capabilities
    other = bench.server.folder(BOB).mails[0]
    other.flags.add("\\Deleted")
    moved = await bench.editor.move(bench.ref(), "\\Junk")
    assert (moved.folder, moved.uid) == ("Junk", 1)
    assert [mail.uid for mail in bench.server.folder(BOB).mails] == [1, 3]


async def test_neither_move_nor_uidplus_is_told(bench: Bench) -> None:
    """Without UID EXPUNGE the owner's own deleted mail would go too: nothing is done, and it is no matter of time."""
    with pytest.raises(ImapRefused, match="neither MOVE nor UID EXPUNGE") as caught:
        await bench.editor.move(bench.ref(), "\\Junk")
    assert not caught.value.temporary
    assert len(bench.server.folder(BOB).mails) == 3


async def test_move_into_nowhere(bench: Bench) -> None:
    """NO [TRYCREATE]: nothing is lost."""
    bench.server.capabilities += " MOVE UIDPLUS"
    with pytest.raises(FolderMissing):
        await bench.editor.move(bench.ref(), "Nowhere")
    assert len(bench.server.folder(BOB).mails) == 3


async def test_copyuid_in_an_untagged_ok(bench: Bench) -> None:
    """RFC 6851 4.3."""
    bench.server.capabilities += " MOVE UIDPLUS"
    bench.server.script("UID MOVE", b"* OK [COPYUID 9 2 55] moved\r\n* 2 EXPUNGE\r\nTAG OK\r\n")
    moved = await bench.editor.move(bench.ref(), "\\Junk")
    assert (moved.uid_validity, moved.uid) == (9, 55)


@pytest.mark.parametrize("permanent", ["\\Seen \\Deleted", "", "$Junk"])
async def test_no_keywords_is_said_once(bench: Bench, permanent: str, capsys: pytest.CaptureFixture[str]) -> None:
    """PERMANENTFLAGS without `\\*`: nothing is sent that would be refused, and one line in the log tells of it."""
    bench.server.permanent = permanent
    for uid in (1, 2, 3):
        with pytest.raises(KeywordsUnsupported, match="keeps no keywords in INBOX"):
            await bench.editor.add_keywords(bench.ref(uid), ["$Phishing"])
    assert not bench.server.commands("STORE")
    assert (bench.server.logins, len(bench.server.commands("^SELECT"))) == (1, 1)
    assert capsys.readouterr().out.count("no_keywords") == 1


async def test_a_keyword_that_is_kept_is_set(bench: Bench) -> None:
    """A keyword in PERMANENTFLAGS is kept, though new ones are not."""
    bench.server.permanent = "\\Seen $phishing"
    await bench.editor.add_keywords(bench.ref(), ["$Phishing"])
    assert "$Phishing" in bench.server.folder(BOB).mails[1].flags


async def test_bad_to_a_keyword_costs_one_login(bench: Bench) -> None:
    """A server that ends in BAD is not asked again for every mail; after ten minutes of that it keeps no keywords."""
    now = 0.0
    editor = ImapEditor(bench.pool, time=lambda: now)
    bench.server.script("UID STORE", b"TAG BAD Invalid system flag\r\n")
    for uid in (1, 2, 3):
        with pytest.raises(ImapRefused) as caught:
            await editor.add_keywords(bench.ref(uid), ["$Phishing"])
        assert caught.value.temporary
    assert bench.server.logins == 1
    now = 600.0
    for uid in (1, 2, 3):
        with pytest.raises(KeywordsUnsupported):
            await editor.add_keywords(bench.ref(uid), ["$Phishing"])
    assert bench.server.logins == 2


async def test_a_moments_bad_to_a_keyword_is_no_verdict_on_keywords(bench: Bench) -> None:
    """A server in trouble says BAD to what it took before: the next try sets it."""
    now = 0.0
    editor = ImapEditor(bench.pool, time=lambda: now)
    bench.server.script("UID STORE", b"TAG BAD Command received in invalid state\r\n", times=1)
    with pytest.raises(ImapRefused, match="invalid state"):
        await editor.add_keywords(bench.ref(), ["$Phishing"])
    now = 31.0
    await editor.add_keywords(bench.ref(), ["$Phishing"])
    assert "$Phishing" in bench.server.folder(BOB).mails[1].flags
    now = 700.0
    bench.server.script("UID STORE", b"TAG BAD Command received in invalid state\r\n", times=1)
    with pytest.raises(ImapRefused, match="invalid state"):
        await editor.add_keywords(bench.ref(), ["$Seen"])


async def test_idle_that_ends_in_bad_is_polled(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """BAD ends the connection, and no watch: the folder is asked now and then on another."""
    monkeypatch.setattr("glassdome.mailbox.source._LOOKS_WITHOUT_IDLE", 1_000_000)
    bench.server.script("IDLE", b"TAG BAD what\r\n")
    async with asyncio.timeout(20):
        changes = bench.source.watch(BOB, "INBOX")
        await anext(changes)
        await anext(changes)
        bench.server.deliver(BOB)
        await anext(changes)
        await changes.aclose()
    assert len(bench.server.commands("^IDLE")) == 1


async def test_no_to_a_keyword_is_said_in_words(bench: Bench) -> None:
    """A server that refuses the keyword, whatever it announced."""
    bench.server.script("UID STORE", b"TAG NO [CANNOT] keywords not supported\r\n")
    with pytest.raises(ImapRefused, match="keywords not supported") as caught:
        await bench.editor.add_keywords(bench.ref(), ["$Phishing"])
    assert not caught.value.temporary


async def test_a_copy_is_not_made_twice(bench: Bench) -> None:
    """Without MOVE the process may end between COPY and EXPUNGE: asked again, the copy in Junk is known by id and size."""
    bench.server.capabilities += " UIDPLUS"
    bench.server.script("UID EXPUNGE", b"* BYE power cut\r\n", times=1)
    with pytest.raises(Disconnected):
        await bench.editor.move(bench.ref(), "\\Junk")
    moved = await bench.editor.move(bench.ref(), "\\Junk")
    assert [mail.uid for mail in bench.server.folder(BOB, "Junk").mails] == [moved.uid] == [1]
    assert [mail.uid for mail in bench.server.folder(BOB).mails] == [1, 3]


async def test_another_mail_of_the_same_id_is_copied(bench: Bench) -> None:
    """A Message-ID alone proves nothing."""
    bench.server.capabilities += " UIDPLUS"
    bench.server.deliver(BOB, RAW + b"more\r\n", folder="Junk")
    await bench.editor.move(bench.ref(), "\\Junk")
    assert len(bench.server.folder(BOB, "Junk").mails) == 2


async def test_append_without_appenduid(bench: Bench) -> None:
    """Exchange tells no UID."""
    await bench.editor.append(BOB, "\\Sent", RAW, flags=["\\Seen"], date=bench.server.folder(BOB).mails[0].received)
    assert len(bench.server.folder(BOB, "Sent").mails) == 1


# -- waiting


async def test_exists_before_the_continuation(bench: Bench) -> None:
    """Responses between IDLE and `+` are heard."""
    connection = await _connection(bench)
    bench.server.script("IDLE", b"* 4 EXISTS\r\n+ idling\r\nTAG OK\r\n", times=1)
    heard = await connection.idle(20)
    assert [(response.name, response.number) for response in heard] == [("EXISTS", 4)]
    connection.abort()


async def test_still_here_is_no_change(bench: Bench) -> None:
    """`* OK Still here` neither ends IDLE nor rings."""
    connection = await _connection(bench)
    bench.server.script("IDLE", b"+ idling\r\n* OK Still here\r\n* 4 EXISTS\r\nTAG OK\r\n", times=1)
    assert [response.name for response in await connection.idle(20)] == ["EXISTS"]
    connection.abort()


async def test_bye_in_idle_ends_the_watch(bench: Bench) -> None:
    """The watcher starts a new one."""
    bench.server.script("IDLE", b"+ idling\r\n* BYE IMAP server shutting down\r\n")
    watching = bench.source.watch(BOB, "INBOX")
    async with asyncio.timeout(20):
        await anext(watching)
        with pytest.raises(Disconnected, match="shutting down"):
            await anext(watching)


async def test_flags_in_idle_are_no_error(bench: Bench) -> None:
    """Another program marks a message as read: at most a poll too many."""
    connection = await _connection(bench)
    bench.server.script("IDLE", b"+ idling\r\n* 1 FETCH (FLAGS (\\Seen))\r\nTAG OK\r\n", times=1)
    assert [response.name for response in await connection.idle(20)] == ["FETCH"]
    connection.abort()


async def test_refused_idle_is_polled(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that announces IDLE and refuses it is asked now and then."""
    monkeypatch.setattr("glassdome.mailbox.source._LOOKS_WITHOUT_IDLE", 1_000_000)
    bench.server.script("IDLE", b"TAG NO IDLE not available now\r\n")
    watching = bench.source.watch(BOB, "INBOX")
    async with asyncio.timeout(20):
        await anext(watching)
        rung = asyncio.ensure_future(anext(watching))  # type: ignore[arg-type]
        await bench.server.until("^IDLE")
        bench.server.deliver(BOB)
        await rung
    assert len(bench.server.commands("^IDLE")) == 1
    await watching.aclose()


@pytest.mark.parametrize("refusal", [b"TAG NO too many watches\r\n", b"TAG BAD what\r\n"], ids=["no", "bad"])
async def test_idle_that_was_refused_once_is_tried_again(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, refusal: bytes
) -> None:
    """A server that refuses IDLE for a moment is asked for it again, without a restart of the service."""
    monkeypatch.setattr("glassdome.mailbox.source._LOOKS_WITHOUT_IDLE", 2)
    bench.server.script("IDLE", refusal, times=1)
    rang = asyncio.Event()

    async def listen() -> None:
        async for _ in bench.source.watch(BOB, "INBOX"):
            rang.set()

    listening = asyncio.create_task(listen())
    async with asyncio.timeout(60):
        await bench.server.until("^IDLE", 2)
        rang.clear()
        bench.server.deliver(BOB)
        await rang.wait()
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)


async def test_no_idle_is_polled(bench: Bench) -> None:
    """Servers without IDLE."""
    bench.server.capabilities = "IMAP4rev1 AUTH=PLAIN SASL-IR"
    watching = bench.source.watch(BOB, "INBOX")
    async with asyncio.timeout(20):
        await anext(watching)
        bench.server.deliver(BOB)
        await anext(watching)
    assert not bench.server.commands("^IDLE")
    await watching.aclose()


async def _connection(bench: Bench) -> Connection:
    pool: ImapPool = bench.pool
    session = await log_in(pool._server, await pool.logins.login_for(BOB))
    await session.examine("INBOX")
    return session._connection
