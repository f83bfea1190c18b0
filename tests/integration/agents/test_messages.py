"""One message from Python: handed out once, fetched whole, marked, moved; the client's own way to send."""

from __future__ import annotations

from collections.abc import AsyncIterator
from email.message import EmailMessage
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from glassdome.agents.mailcow_agent import MailcowAgent
from glassdome.core.errors import InvalidAddress
from tests.integration.agents.test_actions import born, letter, make_agent, stored
from tests.servers.mailcow import Mailcow

PASSWORD = "SecurePassword123!"


@pytest.fixture
async def agent(mailcow: Mailcow) -> AsyncIterator[MailcowAgent]:
    """The agent as the seed makes it."""
    async with await make_agent(mailcow) as made:
        yield made


def subjects(result: dict[str, Any]) -> list[str]:
    """Return what was handed out."""
    assert result["success"], result
    return [message["subject"] for message in result["messages"]]


async def test_a_loop_is_given_each_mail_once(agent: MailcowAgent, mailcow: Mailcow) -> None:
    """Oldest first, none left out by the limit, also after a restart; nothing is marked, and a plain query sees all."""
    mailbox = await born(agent, "loop")
    for number in range(5):
        mailcow.dovecot.deliver(mailbox, letter(f"n{number}"))
    task = {"action": "monitor_mailbox", "mailbox": mailbox, "unread_only": True}

    first = subjects(await agent.execute(task | {"limit": 2}))
    async with await make_agent(mailcow) as restarted:
        second = subjects(await restarted.execute(task | {"limit": 2}))
    mailcow.dovecot.deliver(mailbox, letter("n5"))
    rest = [subjects(await agent.execute(task)) for _ in range(2)]
    query = subjects(await agent.execute({"action": "monitor_mailbox", "mailbox": mailbox}))
    switched_off = subjects(await agent.execute(task | {"once": False}))

    assert [first, second, *rest] == [["n0", "n1"], ["n2", "n3"], ["n4", "n5"], []]
    assert query == switched_off == [f"n{number}" for number in range(6)]
    assert not any("Seen" in flags for flags, _ in await stored(mailcow, mailbox, count=6))


async def test_a_rebuilt_folder_hands_out_nothing_again(agent: MailcowAgent, mailcow: Mailcow) -> None:
    """Other UIDs and another UIDVALIDITY, the same mails: they are known by what they are."""
    mailbox = await born(agent, "rebuilt")
    mailcow.dovecot.deliver(mailbox, letter("command"))
    task = {"action": "monitor_mailbox", "mailbox": mailbox, "unread_only": True}

    first = subjects(await agent.execute(task))
    mailcow.dovecot.doveadm("mailbox", "update", "-u", mailbox, "--uid-validity", "4242", "INBOX")
    again = await agent.execute(task)
    seen = await agent.execute(task | {"once": False})

    assert (first, subjects(again)) == (["command"], [])
    assert seen["messages"][0]["uid_validity"] == 4242


def alternative() -> bytes:
    """A mail with text, HTML and two files."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "a@elsewhere.test", "x@example.test", "both"
    mail.set_content("restart web1\n")
    mail.add_alternative("<html><body><h1>Please</h1><p>restart <b>web1</b></p></body></html>", subtype="html")
    mail.add_attachment(b"%PDF-1.4 \x00\xff", maintype="application", subtype="pdf", filename="a.pdf")
    mail.add_attachment("Grüße\n", filename="b.txt")
    return mail.as_bytes()


def zipped(name: str, content: bytes) -> bytes:
    """Return a zip with one file."""
    file = BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return file.getvalue()


async def test_a_message_fetched_whole(agent: MailcowAgent, mailcow: Mailcow) -> None:
    """`body` is the plain part, `html_body` the HTML, `text` what is seen; source and files come as bytes."""
    mailbox = await born(agent, "whole")
    mailcow.dovecot.deliver(mailbox, alternative())
    listed = (await agent.execute({"action": "monitor_mailbox", "mailbox": mailbox}))["messages"][0]
    task = {"action": "fetch_message", "mailbox": mailbox, "id": listed["id"], "uid_validity": listed["uid_validity"]}

    fetched = (await agent.execute(task))["message"]
    missing = await agent.execute(task | {"id": 99})
    rebuilt = await agent.execute(task | {"uid_validity": 1})

    assert listed["body"].strip() == "restart web1"
    assert listed["html_body"].startswith("<html>")
    assert "Please" in listed["text"]
    assert "raw" not in listed
    assert fetched["raw"].startswith(b"Return-Path: <sender@elsewhere.test>\r\n")
    assert b'filename="b.txt"\r\n' in fetched["raw"]
    assert [(a["filename"], a["content"]) for a in fetched["attachments"]] == [
        ("a.pdf", b"%PDF-1.4 \x00\xff"),
        ("b.txt", "Grüße\r\n".encode()),
    ]
    assert (missing["code"], rebuilt["code"]) == ("not_found", "uid_validity_changed")
    assert "Seen" not in (await stored(mailcow, mailbox))[0][0]


async def test_an_html_mail_has_its_words_as_body(agent: MailcowAgent, mailcow: Mailcow) -> None:
    """The body is the text of the HTML if there is no plain part."""
    mailbox = await born(agent, "html")
    mail = b"From: a@elsewhere.test\r\nSubject: h\r\nContent-Type: text/html\r\n\r\n<p>stop <b>web1</b></p>\r\n"
    mailcow.dovecot.deliver(mailbox, mail)

    found = (await agent.execute({"action": "monitor_mailbox", "mailbox": mailbox}))["messages"][0]

    assert (found["body"].strip(), found["html_body"].strip()) == ("stop web1", "<p>stop <b>web1</b></p>")


async def test_mark_and_move(agent: MailcowAgent, mailcow: Mailcow) -> None:
    """Flags and keywords are set and taken back; a moved message is found where it went."""
    mailbox = await born(agent, "marks")
    mailcow.dovecot.deliver(mailbox, letter("one"))
    one = {"mailbox": mailbox, "id": "1"}

    marked = await agent.execute({"action": "mark_message", "seen": True, "flagged": True, "add": ["done"], **one})
    taken_back = await agent.execute({"action": "mark_message", "seen": False, "remove": ["done"], **one})
    wrong = await agent.execute({"action": "mark_message", "add": ["two words"], **one})
    moved = await agent.execute({"action": "move_message", "to": "Trash", **one})
    nowhere = await agent.execute({"action": "move_message", "to": "Nowhere", **one})
    there = await agent.execute({"action": "fetch_message", "mailbox": mailbox, "id": moved["id"], "folder": "Trash"})

    assert marked["flags"] == ["\\Flagged", "\\Seen", "done"]
    assert taken_back["flags"] == ["\\Flagged"]
    assert (wrong["success"], nowhere["success"]) == (False, False)
    assert moved["folder"] == "Trash"
    assert there["message"]["subject"] == "one"


@pytest.mark.parametrize(
    "attachment",
    [
        {"filename": "list.csv", "content": "name,card\nAnn,4111 1111 1111 1111\n"},
        {"filename": "long.txt", "content": "x " * 20_000 + "card 4111 1111 1111 1111"},
        {"filename": "page.html", "content": "<p>password: Hunter2!x</p>", "content_type": "text/html"},
        {"filename": "list.zip", "content": zipped("list.csv", b"name,card\nAnn,4111 1111 1111 1111\n")},
        {"filename": "card 4111 1111 1111 1111.txt", "content": "nothing"},
    ],
    ids=["csv", "long", "html", "zip", "name"],
)
async def test_files_are_searched_like_text(agent: MailcowAgent, attachment: dict[str, Any]) -> None:
    """A mail whose attachment holds cards or passwords is refused, unless the task allows it."""
    sender = await born(agent, "files")
    task = {"action": "send_email", "mailbox": sender, "to_addresses": [sender], "attachments": [attachment]}

    refused = await agent.execute(task)
    allowed = await agent.execute(task | {"allow_sensitive": True})

    assert (refused["success"], refused["code"], allowed["success"]) == (False, "action_forbidden", True)


async def test_the_clients_own_send(agent: MailcowAgent, mailcow: Mailcow) -> None:
    """`MailcowClient.send_email` takes what the seed's task has: addresses as text, one or several."""
    mailbox, other = await born(agent, "client"), await born(agent, "clientreader")
    client = agent.client

    outcome = await client.send_email(
        mailbox=mailbox,
        password=PASSWORD,
        to_addresses=[f"Reader <{other}>"],
        subject="Test Email",
        body="Plain text body",
        html_body="<html><body><h1>HTML Body</h1></body></html>",
        cc=[mailbox],
        bcc=other,
    )
    _, arrived = (await stored(mailcow, other))[0]
    with pytest.raises(InvalidAddress):
        await client.send_email(mailbox, PASSWORD, "not an address")

    assert outcome.state == "sent"
    assert {result.address for result in outcome.recipients} == {other, mailbox}
    assert (arrived["subject"], arrived["to"]) == ("Test Email", f"Reader <{other}>")
