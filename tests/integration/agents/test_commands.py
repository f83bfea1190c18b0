"""Commands by mail on real servers: the honest are run and answered once, the forged are refused and written down."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest

from glassdome.agents.commands import CommandContext, NoArguments, Reply, handler
from glassdome.agents.commands.read import CommandRequest, read_request
from glassdome.pipeline import process
from glassdome.signals.host_lists import free_mail, known_domains
from glassdome.values.message import Message
from tests.integration.agents.rounds import SERVER, Room, open_room, text_of
from tests.servers.mailcow import Mailcow


@pytest.fixture
async def room(mailcow: Mailcow) -> AsyncIterator[Room]:
    """An Overseer that commands may be mailed to."""
    made = await open_room(mailcow)
    async with made.agent:
        yield made


async def test_help_and_status_need_no_code_where_dmarc_is_certain(room: Room) -> None:
    """A result above every Received field is our server's: what only reads is run, and answered in its thread."""
    assert await room.command("help") == ["done"]
    assert await room.command("status", subject="Re: hello") == ["done"]

    helped, status = sorted(await room.answers(2), key=lambda mail: str(mail["in-reply-to"]))
    assert helped["auto-submitted"] == "auto-replied"
    assert (helped["in-reply-to"], helped["subject"]) == ("<command1@example.test>", "Re: a command")
    assert status["subject"] == "Re: hello"
    assert "mailbox create local_part=... [name=...] [quota_mb=...]" in text_of(helped)
    assert "Agent m1: 1 mailbox, 0 failing" in text_of(status)


async def test_a_mailbox_is_created_by_code_and_confirmation(room: Room, mailcow: Mailcow) -> None:
    """Dry run, then the code, then the reply that confirms; the password is in no mail."""
    line = "mailbox create newbie quota_mb=128"
    assert await room.command(f"{line}\ndry-run") == ["dry_run"]
    assert await room.command(line) == ["code_missing"]
    assert await room.command(f"{line}\n{room.code()}") == ["confirmation_asked"]
    assert "newbie@example.test" not in mailcow.api.state.mailboxes
    texts = "".join(text_of(mail) for mail in await room.answers(3))
    word = re.search(r"^confirm [0-9a-f]{32}$", texts, re.MULTILINE)
    assert word is not None, texts

    assert await room.command(word[0], subject="Re: a command") == ["done"]
    assert await room.command(word[0]) == ["wrong_confirmation"]

    assert "newbie@example.test" in mailcow.api.state.mailboxes
    password = mailcow.api.state.passwords["newbie@example.test"]
    mails = await room.answers(5)
    assert all(password not in mail.as_string() for mail in mails)


async def test_a_signed_command(room: Room) -> None:
    """Programs sign the line they send; the signature of another line, or the same once more, is nothing."""
    signature = room.codes.sign(room.boss, "pause 2h", room.clock.now())

    assert await room.command(f"pause 3h\n{signature}") == ["wrong_code"]
    assert await room.command(f"pause 2h\n{signature}") == ["done"]
    assert await room.command(f"pause 2h\n{signature}") == ["code_used"]
    assert "Paused until" in await room.overseer.status()
    assert await room.command(f"resume\n{room.code()}") == ["done"]
    assert "Paused" not in await room.overseer.status()


async def test_a_code_counts_once_and_not_for_long(room: Room) -> None:
    """A replayed code is refused in a new mail, an old one too; five wrong ones lock codes for an hour."""
    code = room.code()
    assert await room.command(f"pause 1h\n{code}") == ["done"]
    assert await room.command(f"resume\n{code}") == ["code_used"]
    old = room.code()
    room.clock.advance(1200)
    assert await room.command(f"resume\n{old}") == ["wrong_code"]
    for _ in range(4):
        assert await room.command("resume\ncode: 000000") == ["wrong_code"]
    assert await room.command(f"resume\n{room.code()}") == ["codes_locked"]
    room.clock.advance(3700)
    assert await room.command(f"resume\n{room.code()}") == ["done"]


FORGED = "Authentication-Results: {server}; dmarc=pass header.from=example.test"


@pytest.mark.parametrize("forged", [{"top": ""}, {"top": "", "extra": FORGED.format(server=SERVER)}])
async def test_forged_mail_locks_nobody_out(
    room: Room, monkeypatch: pytest.MonkeyPatch, forged: dict[str, str]
) -> None:
    """Mail that anybody may have written has limits of its own: codes of proven mail count on, and so do commands."""
    monkeypatch.setattr(handler, "_PER_HOUR", 7)
    for _ in range(5):
        assert await room.command("resume\ncode: 000000", **forged) == ["wrong_code"]
    assert await room.command(f"resume\n{room.code()}", **forged) == ["codes_locked"]
    assert await room.command(f"resume\n{room.code()}") == ["done"]
    for _ in range(2):
        await room.command("resume\ncode: 000000", **forged)
    assert await room.command("status", **forged) == ["too_many"]
    assert await room.command("status") == ["done"]


async def test_forged_mail_hides_no_confirmation(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """A command that waits for its confirmation is found behind any number of others."""
    monkeypatch.setattr(handler, "_LOOK_BACK", 3)
    assert await room.command(f"mailbox create newbie quota_mb=128\n{room.code()}") == ["confirmation_asked"]
    word = re.search(r"^confirm [0-9a-f]{32}$", text_of((await room.answers(1))[0]), re.MULTILINE)
    for _ in range(4):
        await room.command("status", top="")

    assert word is not None
    assert await room.command(word[0]) == ["done"]


@pytest.mark.parametrize(
    ("how", "decision"),
    [
        ({"top": "Authentication-Results: {server}; dmarc=fail header.from=example.test"}, "dmarc_not_passed"),
        ({"top": "Authentication-Results: {server}; dmarc=pass header.from=evil.test"}, "dmarc_not_passed"),
        ({"top": "Authentication-Results: {server}; spf=pass smtp.mailfrom=example.test"}, "dmarc_not_passed"),
        (
            {"top": "Authentication-Results: {server}; dmarc=fail header.from=example.test", "extra": FORGED},
            "dmarc_not_passed",
        ),
        # Another server's word, below ours or alone, is nobody's word.
        ({"top": "", "extra": "Authentication-Results: mx.evil.test; dmarc=pass"}, "code_missing"),
        ({"top": "", "extra": f"Received: from x by mx.evil.test; now\r\n{FORGED}"}, "code_missing"),
        ({"top": "", "extra": ""}, "code_missing"),
        # Directly below our Received field anybody may have written it: DMARC passed, perhaps; a code is asked for.
        ({"top": "", "extra": FORGED}, "code_missing"),
        ({"sender": "stranger@example.test"}, "sender_not_allowed"),
        ({"sender": "{boss}, other@example.test"}, "several_authors"),
        ({"extra": "From: {boss}"}, "several_authors"),
        ({"extra": "Sender: evil@example.test"}, "sent_for_another"),
        ({"extra": "Auto-Submitted: auto-replied"}, "automatic_mail"),
        ({"extra": "Precedence: bulk"}, "list_mail"),
        ({"extra": "List-Id: <staff.example.test>"}, "list_mail"),
        ({"extra": "X-Spam-Flag: YES"}, "marked_as_spam"),
        ({"top": "Return-Path: <>"}, "bounce"),
        ({"sender": "{mailbox}"}, "own_mail"),
    ],
)
async def test_what_is_not_proven_is_not_run(room: Room, how: dict[str, str], decision: str) -> None:
    """Spoofed senders, forged results, lists, loops: refused, written down, run never and answered to nobody unproven."""
    names = {"server": SERVER, "boss": room.boss, "mailbox": room.mailbox}
    run: list[str] = []

    @room.overseer.commands.command("touch", about="For the test.")
    async def touch(context: CommandContext, arguments: NoArguments) -> Reply:
        run.append(context.sender)
        return Reply(text="touched")

    made = room.mail("touch", **{key: value.format(**names) for key, value in how.items()})

    assert await room.command("", raw=made) == [decision]
    assert run == []
    # A harmless command later, so that there is an answer to wait for.
    await room.command("help")
    answered = [mail["in-reply-to"] for mail in await room.answers(1)]
    expected = ["<command2@example.test>"]
    if how == {"top": "", "extra": FORGED}:
        # DMARC may have passed: its sender, who is on the list, is told what is missing.
        expected = ["<command1@example.test>", *expected]
    assert answered == expected


async def test_nothing_runs_or_is_answered_twice(room: Room) -> None:
    """The same mail again, under another UID or after a restart that lost the cursor: seen before, no answer."""
    raw = room.mail("help")

    assert await room.command("", raw=raw) == ["done"]
    assert await room.command("", raw=raw) == ["seen_before"]
    stores = await room.agent.memory.stores()
    from glassdome.values.refs import Cursor

    await stores.cursors.set_cursor(
        room.mailbox, "//commands/INBOX", Cursor(uid_validity=1, last_uid=0), now=room.clock.now()
    )
    await room.overseer.round()
    assert await room.decisions() == ["done", "seen_before", "seen_before", "seen_before"]
    await room.command("status")
    assert len(await room.answers(2)) == 2


async def test_an_answer_that_comes_back_starts_no_loop(room: Room) -> None:
    """Our own answer, returned to us by a careless program, is left alone."""
    await room.command("help")
    answer = (await room.answers(1))[0]

    assert await room.command("", raw=room.results.encode() + b"\r\n" + answer.as_bytes()) == ["automatic_mail"]


async def test_odd_message_ids_do_not_silence_us(room: Room) -> None:
    """A Message-ID that RFC 5322 does not know is left out of the answer, which is sent all the same."""
    raw = room.mail("help").replace(b"<command1@example.test>", b"<odd>")

    assert await room.command("", raw=raw) == ["done"]
    assert (await room.answers(1))[0]["in-reply-to"] is None
    raw = room.mail("help", extra="References: <fine@x.test> <odd>")
    assert await room.command("", raw=raw) == ["done"]
    assert (await room.answers(2))[1]["references"].split() == ["<fine@x.test>", "<command2@example.test>"]


async def test_readers_may_not_write(room: Room) -> None:
    """A sender with ro is told so, even with a valid code; and no code of one sender is another's."""
    codes, reader = room.codes, room.mailcow.dovecot.add_mailbox("reader@example.test")

    def code(who: str) -> str:
        room.clock.advance(30)
        return f"code: {codes.code(who, room.clock.now())}"

    assert await room.command(f"pause\n{code(reader)}", sender=reader) == ["not_permitted"]
    assert await room.command(f"resume\n{code(reader)}") == ["wrong_code"]


async def test_unreadable_requests_are_told(room: Room) -> None:
    """Unknown commands and bad arguments are answered with the way out."""
    assert await room.command("reboot now") == ["unknown_command"]
    assert await room.command("report yearly") == ["bad_request"]
    assert await room.command('status "open') == ["unreadable_command"]
    mails = sorted(await room.answers(2), key=lambda mail: str(mail["in-reply-to"]))
    texts = [text_of(mail) for mail in mails]
    assert "There is no such command" in texts[0]
    assert "Usage: report [kind=...]" in texts[1]


async def test_a_command_that_lay_too_long(room: Room) -> None:
    """A command that waited for more than a day is not run."""
    raw = room.mail("help")
    await room.put(raw)
    room.clock.advance(90_000)
    await room.overseer.round()

    assert await room.decisions() == ["too_old"]


async def test_analyze_and_report(room: Room) -> None:
    """An attached mail is judged, as the first of a process too; the report comes with its charts as inline images."""
    for table in (free_mail, known_domains, process._first_mails):
        table.cache_clear()
    boundary = "b0"
    attached = (
        "From: PayPal <x@evil.test>\r\nTo: a@example.test\r\nSubject: Verify your account\r\n"
        "Content-Type: text/html\r\n\r\n<a href='http://evil.test/login'>https://paypal.com</a> Enter your password now\r\n"
    )
    raw = room.mail("analyze").decode()
    head, _, body = raw.partition("\r\n\r\n")
    raw = (
        f"{head}\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary={boundary}\r\n\r\n--{boundary}\r\n\r\n{body}"
        f"--{boundary}\r\nContent-Type: message/rfc822\r\n\r\n{attached}--{boundary}--\r\n"
    )

    assert await room.command("", raw=raw.encode()) == ["done"]
    assert await room.command("analyze") == ["bad_request"]
    assert await room.command("report weekly") == ["done"]

    by_command = {mail["in-reply-to"]: mail for mail in await room.answers(3)}
    judged, report = by_command["<command1@example.test>"], by_command["<command3@example.test>"]
    assert "Subject:    Verify your account" in text_of(judged)
    images = [part for part in report.walk() if part.get_content_type() == "image/png"]
    html: Any = report.get_body(("html",))
    assert [f"cid:{image['content-id'].strip('<>')}" in html.get_content() for image in images] == [True]
    assert images[0].get_content().startswith(b"\x89PNG")
    assert images[0].get_content_disposition() == "inline"


async def test_no_code_no_change(mailcow: Mailcow) -> None:
    """Without a command secret nothing that changes something runs at all."""
    room = await open_room(mailcow, command_secret=None)
    async with room.agent:
        assert await room.command("pause\ncode: 123456") == ["no_codes"]
        assert await room.command("help") == ["done"]


async def test_codes_for_changes_only(mailcow: Mailcow) -> None:
    """Reading needs no code below Received either, if the owner says that the server removes foreign results."""
    room = await open_room(mailcow, command_codes="changes")
    below = {"top": "", "extra": FORGED.format(server=SERVER)}
    async with room.agent:
        assert await room.command("help", **below) == ["done"]
        assert await room.command("pause", **below) == ["code_missing"]
        assert await room.command(f"pause\n{room.code()}", **below) == ["done"]


async def test_a_command_that_breaks_is_answered_and_the_next_is_done(room: Room) -> None:
    """The sender is told that the command broke, but no details; the record is closed, and nothing is repeated."""

    @room.overseer.commands.command("odd", about="Breaks.")
    async def odd(context: CommandContext, arguments: NoArguments) -> Reply:
        raise KeyError("a secret")

    await room.put(room.mail("odd"))
    assert await room.command("help") == ["internal_error", "done"]
    await room.overseer.round()
    answers = {str(mail["in-reply-to"]): text_of(mail) for mail in await room.answers(2)}
    records = await (await room.agent.memory.stores()).commands.list(mailbox=room.mailbox, limit=10)

    assert "The command `odd` broke (KeyError). The log says where." in answers["<command1@example.test>"]
    assert "a secret" not in answers["<command1@example.test>"]
    assert {("odd", "failed", "internal_error"), ("help", "done", "done")} == {
        (record.command, record.state.value, record.detail) for record in records
    }
    assert len(await room.decisions()) == 2


async def test_a_mail_that_breaks_the_desk_stands_in_nobodys_way(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mail that our own code cannot handle is passed over once, and the command behind it is done."""

    def breaks_once(message: Message) -> CommandRequest:
        if "poison" in message.subject:
            raise RecursionError
        return read_request(message)

    monkeypatch.setattr(handler, "read_request", breaks_once)
    await room.put(room.mail("help", subject="poison"))

    assert await room.command("help") == ["done"]
    assert len(await room.answers(1)) == 1
