"""The agent's tools: mailboxes on mailcow's API with a real Dovecot, mail through a real Postfix."""

from __future__ import annotations

import json
from pathlib import Path

from tests.integration.agents.test_actions import stored as arrived
from tests.servers.dovecot import PASSWORD
from tests.servers.mailcow import Mailcow

from .running import over_stdio
from .stored import call, error_of
from .test_stdio import audited

CHOSEN = "Tr0ub4dor&3-staple"


async def test_a_mailbox_from_birth_to_death(mailcow: Mailcow, tmp_path: Path) -> None:
    """Create two, list, send from one to the other, delete with confirmation; passwords are nowhere, writes are audited."""
    data = tmp_path / "data"
    data.mkdir()
    env = mailcow.environment(data)
    async with over_stdio(data, "--allow-writes", **env) as client:
        made = await call(client, "create_mailbox", local_part="robot", name="Robot", quota_mb=256)
        other = await call(client, "create_mailbox", local_part="person", password=CHOSEN)
        robot, person = made["mailbox"], other["mailbox"]
        rows = {row["mailbox"]: row for row in (await call(client, "list_mailboxes"))["mailboxes"]}
        elsewhere = await call(client, "list_mailboxes", domain="xisx.org")
        mail = {"mailbox": robot, "to": [person], "subject": "Hello", "body": "It works.", "idempotency_key": "1"}
        sent = await call(client, "send_email", **mail)
        repeated = await call(client, "send_email", **mail)
        refused = [
            await error_of(client, "create_mailbox", local_part="robot"),
            await error_of(client, "send_email", mailbox=robot, to=[person], body="My card: 4111 1111 1111 1111"),
            await error_of(client, "send_email", mailbox=robot, body="To nobody"),
            await error_of(client, "send_email", mailbox="nobody@example.test", to=[person], body="hi"),
            await error_of(
                client, "send_email", mailbox=robot, to=[person], body="hi", attachments=[{"path": "/etc/passwd"}]
            ),
            await error_of(client, "delete_mailbox", mailbox=robot, confirm=person),
            await error_of(client, "delete_mailbox", mailbox=robot),
        ]
        mails = await arrived(mailcow, person, password=CHOSEN)
        gone = await call(client, "delete_mailbox", mailbox=robot, confirm=robot)
        left = {row["mailbox"] for row in (await call(client, "list_mailboxes"))["mailboxes"]}
        await call(client, "delete_mailbox", mailbox=person, confirm=person)

    assert (rows[robot]["name"], rows[robot]["quota_mb"], rows[robot]["active"]) == ("Robot", 256, True)
    assert rows[robot]["chosen"] is False
    assert robot not in json.dumps(elsewhere)
    assert sent["recipients"] == {person: "accepted"}
    assert (repeated["message_id"], repeated["repeated"]) == (sent["message_id"], True)
    assert [mail["Subject"] for _, mail in mails] == ["Hello"]
    assert [error["code"] for error in refused] == [
        "mailcow_refused",
        "action_forbidden",
        "bad_request",
        "login_refused",
        "bad_request",
        "bad_request",
        "bad_request",
    ]
    assert gone["mailbox"] == robot
    assert robot not in left
    assert person in left
    actions = [(row.action, row.subject) for row in await audited(data)]
    assert actions == [
        ("create_mailbox", robot),
        ("create_mailbox", person),
        ("send_email", robot),
        ("send_email", robot),
        ("delete_mailbox", robot),
        ("delete_mailbox", person),
    ]
    said = (data / "log").read_text() + json.dumps([made, other, rows, sent])
    assert CHOSEN not in said
    assert b"It works." not in b"".join(path.read_bytes() for path in data.glob("*.db"))


async def test_what_lies_on_the_mail_server(mailcow: Mailcow, tmp_path: Path) -> None:
    """A message in a chosen mailbox is fetched and judged, and stays unread; a mailcow that is away is an error."""
    data = tmp_path / "data"
    data.mkdir()
    mailbox = mailcow.dovecot.add_mailbox()
    raw = b"From: a@b.example\r\nTo: me\r\nSubject: Lunch\r\n\r\nSee you at noon.\r\n"
    mailcow.dovecot.deliver(mailbox, raw)
    env = mailcow.environment(data) | {"GLASSDOME_MAILBOXES": f"{mailbox}:{PASSWORD}"}
    async with over_stdio(data, **env) as client:
        judged = await call(client, "analyze_message", mailbox=mailbox, email_id="1")
        missing = await error_of(client, "analyze_message", mailbox=mailbox, email_id="2")
    async with over_stdio(data, **env | {"MAILCOW_API_URL": "http://127.0.0.1:1"}) as client:
        away = await error_of(client, "list_mailboxes")

    assert (judged["untrusted"]["subject"], judged["label"], judged["stored"]) == ("Lunch", "ham", False)
    assert missing["code"] == "not_found"
    assert (away["code"], away["temporary"]) == ("connect_failed", True)
    ((flags, _),) = await arrived(mailcow, mailbox, password=PASSWORD)
    assert "\\Seen" not in flags
