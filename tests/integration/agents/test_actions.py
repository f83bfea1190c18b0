"""The agent's five actions against mailcow's API, a real Dovecot and a real Postfix."""

from __future__ import annotations

import asyncio
import contextlib
import email
import email.policy
import imaplib
import ssl
import subprocess
import time
from collections.abc import AsyncIterator
from email.message import EmailMessage
from typing import Any

import pytest
from pydantic import SecretStr

from glassdome.agents.mailcow_agent import MailcowAgent
from glassdome.core.errors import LoginRefused
from tests.servers.mailcow import Mailcow
from tests.servers.postfix import REFUSED, TEMPORARILY_REFUSED
from tests.servers.proxy import proxy_to

PASSWORD = "SecurePassword123!"


@pytest.fixture
async def agent(mailcow: Mailcow) -> AsyncIterator[MailcowAgent]:
    """The agent as the seed makes it."""
    async with await make_agent(mailcow) as made:
        yield made


async def make_agent(mailcow: Mailcow) -> MailcowAgent:
    """Make an agent by the environment; in a thread, since settings are read from files."""
    return await asyncio.to_thread(MailcowAgent, "a1", mailcow.url)


async def born(agent: MailcowAgent, name: str) -> str:
    """Create a mailbox and return its address."""
    made = await agent.execute({"action": "create_mailbox", "local_part": name, "password": PASSWORD})
    assert made["success"], made
    return str(made["mailbox"])


def _flags(
    mailcow: Mailcow, mailbox: str, folder: str = "INBOX", password: str = PASSWORD
) -> list[tuple[str, EmailMessage]]:
    context = ssl.create_default_context(cafile=str(mailcow.dovecot.certificates.ca))
    with imaplib.IMAP4_SSL("localhost", mailcow.dovecot.imaps_port, ssl_context=context) as peer:
        peer.login(mailbox, password)
        if peer.select(folder, readonly=True)[0] != "OK":
            return []
        found = []
        for number in peer.search(None, "ALL")[1][0].split():
            data = peer.fetch(number, "(FLAGS BODY.PEEK[])")[1][0]
            parsed = email.message_from_bytes(data[1], policy=email.policy.default)
            assert isinstance(parsed, EmailMessage)
            found.append((data[0].decode(), parsed))
        return found


async def stored(
    mailcow: Mailcow, mailbox: str, folder: str = "INBOX", *, count: int = 1, password: str = PASSWORD
) -> list[tuple[str, EmailMessage]]:
    """Wait for `count` messages and return (flags, message) of each."""
    for _ in range(400):
        found = await asyncio.to_thread(_flags, mailcow, mailbox, folder, password)
        if len(found) >= count:
            return found
        await asyncio.sleep(0.02)
    raise AssertionError(f"{mailbox}/{folder} has {len(found)} messages; {mailcow.postfix.log()[-1500:]}")


def letter(subject: str, *, text: str = "hello", sender: str = "sender@elsewhere.test") -> bytes:
    """Return a plain mail."""
    return f"From: {sender}\r\nTo: x@example.test\r\nSubject: {subject}\r\n\r\n{text}\r\n".encode()


async def change_password(mailcow: Mailcow, mailbox: str, password: str) -> None:
    """Change it on the server, and wait until Dovecot sees it: it looks at a file that it knows once per second."""
    mailcow.dovecot.add_mailbox(mailbox, password=password)

    def wait() -> None:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            with contextlib.suppress(subprocess.CalledProcessError):
                mailcow.dovecot.doveadm("auth", "login", mailbox, password)
                return
        raise AssertionError("Dovecot does not see the new password.")

    await asyncio.to_thread(wait)


async def test_a_mailbox_from_birth_to_death(agent: MailcowAgent, mailcow: Mailcow) -> None:
    """Create, list, delete; the password is forgotten with the mailbox."""
    mailbox = await born(agent, "life")

    listed = await agent.execute({"action": "list_mailboxes"})
    again = await agent.execute({"action": "create_mailbox", "local_part": "life", "password": PASSWORD})
    gone = await agent.execute({"action": "delete_mailbox", "mailbox": mailbox})
    twice = await agent.execute({"action": "delete_mailbox", "mailbox_id": mailbox})
    asked = await agent.execute({"action": "monitor_mailbox", "mailbox": mailbox})

    assert listed["count"] == 1
    assert (listed["mailboxes"][0]["username"], listed["mailboxes"][0]["local_part"]) == (mailbox, "life")
    assert (again["success"], again["code"], again["reason"]) == (False, "mailcow_refused", "object_exists")
    assert gone == {"success": True, "mailbox": mailbox}
    assert (twice["success"], twice["code"]) == (False, "not_found")
    assert (asked["success"], asked["code"]) == (False, "login_refused")


async def test_monitoring_leaves_no_trace(agent: MailcowAgent, mailcow: Mailcow) -> None:
    """Messages are answered by UID with the seed's fields; `\\Seen` is set only when asked for."""
    mailbox = await born(agent, "watched")
    mailcow.dovecot.deliver(mailbox, letter("=?utf-8?b?R3LDvMOfZQ==?=", text="body text"))
    task: dict[str, Any] = {"action": "monitor_mailbox", "mailbox": mailbox, "password": PASSWORD}

    first = await agent.execute(task | {"unread_only": True, "folder": "INBOX"})
    second = await agent.execute(task)
    untouched = await stored(mailcow, mailbox)
    marking = await agent.execute(task | {"mark_seen": True})
    after = await agent.execute(task)
    every = await agent.execute(task | {"unread_only": False})

    message = first["messages"][0]
    assert (first["success"], first["mailbox"], first["count"]) == (True, mailbox, 1)
    assert [message[key] for key in ("id", "subject", "from", "to")] == [
        "1",
        "Grüße",
        "sender@elsewhere.test",
        "x@example.test",
    ]
    assert message["body"].strip() == "body text"
    assert second["messages"] == first["messages"]
    assert "Seen" not in untouched[0][0]
    assert (marking["count"], after["count"], every["count"]) == (1, 0, 1)
    assert every["messages"][0]["flags"] == ["\\Seen"]


async def test_a_mailbox_with_a_plus(agent: MailcowAgent, mailcow: Mailcow) -> None:
    """It is created, found, and deleted; none is left behind."""
    mailbox = await born(agent, "ann+bills")
    gone = await agent.execute({"action": "delete_mailbox", "mailbox": mailbox})

    assert (mailbox, gone["success"]) == (f"ann+bills@{mailcow.domain}", True)
    assert mailcow.api.state.mailboxes == {}


async def test_a_wrong_password_is_never_stored(agent: MailcowAgent, mailcow: Mailcow) -> None:
    """The server checks each given password, also while a connection of the right one is open."""
    mailbox = await born(agent, "proved")
    mailcow.dovecot.deliver(mailbox, letter("for the owner"))
    task: dict[str, Any] = {"action": "monitor_mailbox", "mailbox": mailbox}

    right = await agent.execute(task | {"password": PASSWORD})
    wrong = await agent.execute(task | {"password": "password"})
    again = await agent.execute(task)
    sent = await agent.execute({"action": "send_email", "mailbox": mailbox, "to_addresses": [mailbox], "body": "b"})
    with pytest.raises(LoginRefused):
        await agent.register(mailbox, SecretStr("wrong too"))
    async with await make_agent(mailcow) as restarted:
        everything = await restarted.monitor_all_mailboxes()

    assert right["count"] == 1
    assert (wrong["success"], wrong["code"], wrong.get("messages")) == (False, "login_refused", None)
    assert (again["success"], sent["success"]) == (True, True)
    assert everything["results"][mailbox]["success"]


async def test_a_password_changed_on_the_server_counts_at_once(agent: MailcowAgent, mailcow: Mailcow) -> None:
    """The old one is refused although its connection still rests, the new one is stored."""
    mailbox = await born(agent, "changed")
    task: dict[str, Any] = {"action": "monitor_mailbox", "mailbox": mailbox}
    await agent.execute(task | {"password": PASSWORD})

    await change_password(mailcow, mailbox, "the new one")
    old = await agent.execute(task | {"password": PASSWORD})
    new = await agent.execute(task | {"password": "the new one"})
    stored_password = await (await agent.memory.stores()).mailboxes.get(mailbox)

    assert (old["success"], old["code"], new["success"]) == (False, "login_refused", True)
    assert stored_password is not None
    assert stored_password.password == SecretStr("the new one")


async def test_since_limit_and_folder(agent: MailcowAgent, mailcow: Mailcow) -> None:
    """`since` is an instant, `limit` keeps the newest, an unknown folder is told by name."""
    mailbox = await born(agent, "many")
    for number in range(5):
        mailcow.dovecot.deliver(mailbox, letter(f"n{number}"))
    task: dict[str, Any] = {"action": "monitor_mailbox", "mailbox": mailbox}

    newest = await agent.execute(task | {"limit": 2})
    recent = await agent.execute(task | {"since": "2020-01-01T00:00:00Z"})
    future = await agent.execute(task | {"since": "2999-01-01T00:00:00Z"})
    nowhere = await agent.execute(task | {"folder": "Nowhere"})

    assert [m["subject"] for m in newest["messages"]] == ["n3", "n4"]
    assert (recent["count"], future["count"]) == (5, 0)
    assert (nowhere["success"], nowhere["code"]) == (False, "not_found")
    assert "Nowhere" in nowhere["error"]


async def test_a_poisoned_message_hides_no_other(agent: MailcowAgent, mailcow: Mailcow) -> None:
    """A blank message is answered with its error, beside its neighbour."""
    mailbox = await born(agent, "poison")
    mailcow.dovecot.deliver(mailbox, letter("good"))
    context = ssl.create_default_context(cafile=str(mailcow.dovecot.certificates.ca))

    def put() -> None:
        with imaplib.IMAP4_SSL("localhost", mailcow.dovecot.imaps_port, ssl_context=context) as peer:
            peer.login(mailbox, PASSWORD)
            peer.append("INBOX", "", None, b"\r\n\r\n")

    await asyncio.to_thread(put)
    found = await agent.execute({"action": "monitor_mailbox", "mailbox": mailbox})
    passed = await agent.monitor_all_mailboxes()

    assert [(m["subject"], m.get("error")) for m in found["messages"]] == [("good", None), ("", "not_a_message")]
    assert passed["results"][mailbox]["count"] == 2


async def test_everything_a_mail_may_hold(agent: MailcowAgent, mailcow: Mailcow) -> None:
    """Text, HTML, files, inline image, threading, cc and bcc; UTF-8 everywhere; a copy in Sent."""
    sender, other, hidden = await born(agent, "sender"), await born(agent, "other"), await born(agent, "hidden")

    sent = await agent.execute(
        {
            "action": "send_email",
            "mailbox": sender,
            "password": PASSWORD,
            "to_addresses": [f"Jürgen <{other}>"],
            "cc": [sender],
            "bcc": [hidden],
            "subject": "Grüße — 件名",
            "body": "Zeile",
            "html_body": '<p>Zeile <img src="cid:c1"></p>',
            "attachments": [
                {"filename": "c.png", "content": b"\x89PNG", "content_type": "image/png", "content_id": "c1"},
                {"filename": "Bericht Ü.txt", "content": "text"},
            ],
            "in_reply_to": "<earlier@x.test>",
        }
    )
    _, seen = (await stored(mailcow, hidden))[0]
    flags, copy = (await stored(mailcow, sender, "Sent"))[0]

    assert sent["success"], sent
    assert [sent[k] for k in ("from", "to", "subject", "state")] == [
        sender,
        [f"Jürgen <{other}>"],
        "Grüße — 件名",
        "sent",
    ]
    assert sent["recipients"] == {other: "accepted", sender: "accepted", hidden: "accepted"}
    assert len(sent["sent_at"]) == len("2024-11-21T16:00:00")
    assert (seen["subject"], seen["in-reply-to"], seen["message-id"]) == (
        "Grüße — 件名",
        "<earlier@x.test>",
        sent["message_id"],
    )
    assert [part.get_filename() for part in seen.iter_attachments()] == ["Bericht Ü.txt"]
    assert hidden not in copy.as_string()
    assert "bcc" not in {name.lower() for name in copy}
    assert "Seen" in flags
    assert copy["message-id"] == sent["message_id"]


async def test_each_recipient_has_its_outcome(agent: MailcowAgent) -> None:
    """A refused recipient is told and spoils nothing; all refused, for good or for now, is a failure."""
    sender = await born(agent, "outcomes")
    task = {"action": "send_email", "mailbox": sender, "subject": "s", "body": "b"}

    partly = await agent.execute(task | {"to_addresses": [sender, REFUSED, TEMPORARILY_REFUSED]})
    refused = await agent.execute(task | {"to_addresses": REFUSED})
    later = await agent.execute(task | {"to_addresses": [TEMPORARILY_REFUSED]})

    assert (partly["success"], partly["state"]) == (True, "partly")
    assert partly["recipients"] == {sender: "accepted", REFUSED: "refused", TEMPORARILY_REFUSED: "deferred"}
    assert "No such person" in partly["replies"][REFUSED]
    assert (refused["success"], refused["code"], refused["temporary"]) == (False, "recipients_refused", False)
    assert (later["success"], later["code"], later["temporary"]) == (False, "recipients_refused", True)


async def test_a_bounce_comes_back(agent: MailcowAgent, mailcow: Mailcow) -> None:
    """Mail that the server accepts and cannot deliver returns as a bounce, which monitoring shows as automatic."""
    sender = await born(agent, "bouncing")

    sent = await agent.execute(
        {
            "action": "send_email",
            "mailbox": sender,
            "to_addresses": ["nobody.here@example.test"],
            "subject": "s",
            "body": "b",
        }
    )
    await stored(mailcow, sender)
    found = await agent.execute({"action": "monitor_mailbox", "mailbox": sender})

    assert sent["success"], sent
    assert found["messages"][0]["is_automatic"]
    assert "MAILER-DAEMON" in found["messages"][0]["from"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"subject": "x\r\nBcc: victim@example.test"}, "bad_request"),
        ({"to_addresses": ["a@example.test>\r\nRCPT TO:<b@example.test"]}, "invalid_address"),
        ({"to_addresses": ["a@example.test, b@example.test"]}, "invalid_address"),
        ({"in_reply_to": "<a@b>\r\nX-Evil: 1"}, "bad_request"),
        ({"to_addresses": []}, "bad_request"),
        ({"body": "card 4111 1111 1111 1111"}, "action_forbidden"),
        ({"html_body": "<p>password: Hunter2!x</p>"}, "action_forbidden"),
        ({"attachments": [{"filename": "x"}]}, "bad_request"),
        ({"attachments": [{"path": "/nowhere/at/all"}]}, "bad_request"),
        ({"password": "wrong"}, "login_refused"),
        ({"recipient": "x"}, "bad_request"),
    ],
)
async def test_what_is_not_sent(agent: MailcowAgent, mailcow: Mailcow, change: dict[str, Any], code: str) -> None:
    """Header injection, sensitive data, missing files and misspelt keys end before anything is on its way."""
    sender = await born(agent, "careful")
    task = {"action": "send_email", "mailbox": sender, "to_addresses": [sender], "subject": "s", "body": "b"}

    result = await agent.execute(task | change)

    assert (result["success"], result["code"]) == (False, code), result
    assert await asyncio.to_thread(_flags, mailcow, sender) == []


async def test_sensitive_data_goes_out_when_asked(agent: MailcowAgent) -> None:
    """The owner may say so; the refusal counts the kinds, and shows none of it."""
    sender = await born(agent, "open")
    task = {"action": "send_email", "mailbox": sender, "to_addresses": [sender], "body": "card 4111 1111 1111 1111"}

    held = await agent.execute(task)
    sent = await agent.execute(task | {"allow_sensitive": True})

    assert held["sensitive_types"] == {"credit_card": 1}
    assert "4111" not in held["error"]
    assert sent["success"]


async def test_the_same_key_is_the_same_mail(agent: MailcowAgent, mailcow: Mailcow) -> None:
    """A repeated call, even of another agent on the same data, sends nothing twice."""
    sender = await born(agent, "once")
    task = {"action": "send_email", "mailbox": sender, "to_addresses": [sender], "body": "b", "idempotency_key": "k1"}

    first = await agent.execute(task)
    async with await make_agent(mailcow) as other:
        second, third = await asyncio.gather(other.execute(task), agent.execute(task))
    await agent.execute(task | {"idempotency_key": "k2"})

    assert (second["repeated"], third["repeated"]) == (True, True)
    assert first["message_id"] == second["message_id"] == third["message_id"]
    assert len(await stored(mailcow, sender, count=2)) == 2


async def test_an_unknown_outcome_is_never_repeated(mailcow: Mailcow, monkeypatch: pytest.MonkeyPatch) -> None:
    """The connection dies while the server takes the mail: told as unknown, and the same key is not sent again."""
    from glassdome.integrations.smtp import sender as wire

    data = wire._data
    async with proxy_to(mailcow.postfix.submission_port) as proxy:
        monkeypatch.setenv("MAILCOW_SMTP_PORT", str(proxy.port))

        async def cut(*arguments: Any) -> Any:
            proxy.cut_after = 0
            return await data(*arguments)

        async with await make_agent(mailcow) as agent:
            sender = await born(agent, "unsure")
            task = {"action": "send_email", "mailbox": sender, "to_addresses": [sender], "idempotency_key": "u"}
            monkeypatch.setattr(wire, "_data", cut)
            lost = await agent.execute(task)
            monkeypatch.setattr(wire, "_data", data)
            proxy.cut_after = None
            again = await agent.execute(task)

    assert (lost["code"], lost["reason"], lost["recipients"]) == ("conflict", "unknown_outcome", {sender: "unknown"})
    assert (again["code"], again["reason"]) == ("conflict", "unknown_outcome")


async def test_starttls_is_never_skipped(mailcow: Mailcow, monkeypatch: pytest.MonkeyPatch) -> None:
    """Someone in between who takes STARTTLS out sees neither password nor mail, on SMTP and on IMAP."""
    async with proxy_to(mailcow.postfix.submission_port) as smtp, proxy_to(mailcow.dovecot.imap_port) as imap:
        smtp.rewrite = lambda data: data.replace(b"250-STARTTLS\r\n", b"")
        imap.rewrite = lambda data: data.replace(b" STARTTLS", b"").replace(b" LOGINDISABLED", b"")
        monkeypatch.setenv("MAILCOW_SMTP_PORT", str(smtp.port))
        monkeypatch.setenv("MAILCOW_IMAP_PORT", str(imap.port))
        async with await make_agent(mailcow) as agent:
            sender = await born(agent, "stripped")
            sent = await agent.execute({"action": "send_email", "mailbox": sender, "to_addresses": [sender]})
            read = await agent.execute({"action": "monitor_mailbox", "mailbox": sender})
        spied = smtp.sent_by_client + imap.sent_by_client

    assert (sent["code"], read["code"]) == ("tls_failed", "tls_failed")
    assert b"AUTH" not in spied.upper()
    assert b"LOGIN" not in spied.upper()


async def test_a_wrong_certificate_ends_it(mailcow: Mailcow, monkeypatch: pytest.MonkeyPatch) -> None:
    """An unknown authority: nothing is sent or read, and the error names the setting."""
    monkeypatch.setenv("MAILCOW_CA_FILE", str(mailcow.dovecot.certificates.stranger_ca))
    async with await make_agent(mailcow) as agent:
        sender = await born(agent, "strange")
        sent = await agent.execute({"action": "send_email", "mailbox": sender, "to_addresses": [sender]})
        read = await agent.execute({"action": "monitor_mailbox", "mailbox": sender})

    assert (sent["code"], read["code"]) == ("tls_failed", "tls_failed")
    assert "MAILCOW_CA_FILE" in read["error"]


async def test_our_rate_stays_below_the_servers(agent: MailcowAgent, mailcow: Mailcow) -> None:
    """mailcow allows ten an hour: the tenth is not sent; the failure says when to come back."""
    sender = await born(agent, "eager")
    mailcow.api.state.rate_limits[sender] = ("10", "h")
    task = {"action": "send_email", "mailbox": sender, "to_addresses": [sender], "save_copy": False}

    results = [await agent.execute(task) for _ in range(10)]

    assert [r["success"] for r in results] == [True] * 9 + [False]
    assert (results[-1]["code"], results[-1]["temporary"], results[-1]["retry_after"]) == ("rate_limited", True, 3600)


async def test_nothing_answers(monkeypatch: pytest.MonkeyPatch, unused_tcp_port: int, tmp_path: Any) -> None:
    """No server at all: every action is a temporary failure, none raises."""
    monkeypatch.setenv("MAILCOW_API_KEY", "k")
    monkeypatch.setenv("MAILCOW_IMAP_PORT", str(unused_tcp_port))
    monkeypatch.setenv("MAILCOW_SMTP_PORT", str(unused_tcp_port))
    url = f"http://127.0.0.1:{unused_tcp_port}"
    async with await asyncio.to_thread(MailcowAgent, "a", url, domain="x.test") as agent:
        results = [
            await agent.execute({"action": "create_mailbox", "local_part": "a", "password": "p"}),
            await agent.execute({"action": "list_mailboxes"}),
            await agent.execute({"action": "delete_mailbox", "mailbox": "a@x.test"}),
            await agent.execute({"action": "monitor_mailbox", "mailbox": "a@x.test", "password": "p"}),
            await agent.execute(
                {"action": "send_email", "mailbox": "a@x.test", "password": "p", "to_addresses": ["b@x.test"]}
            ),
        ]

    assert {(r["success"], r["code"], r["temporary"]) for r in results} == {(False, "connect_failed", True)}


@pytest.mark.parametrize(
    ("task", "code", "told"),
    [
        ({}, "unknown_action", "There is no action None"),
        ({"action": "drop_table"}, "unknown_action", "create_mailbox"),
        ({"action": "create_mailbox"}, "bad_request", "local_part: Field required"),
        ({"action": "create_mailbox", "local_part": "a", "password": "s3cret", "quota": 1}, "bad_request", "'quota'"),
        ({"action": "monitor_mailbox", "mailbox": "a@b.test", "limit": 0}, "bad_request", "limit"),
        ("create_mailbox", "bad_request", "A task is a dictionary"),
    ],
)
async def test_a_bad_task_is_a_result(agent: MailcowAgent, task: Any, code: str, told: str) -> None:
    """`execute` never raises; the sentence names the key and never its value."""
    result = await agent.execute(task)

    assert (result["success"], result["code"]) == (False, code)
    assert told in result["error"]
    assert "s3cret" not in result["error"]
