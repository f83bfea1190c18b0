"""The script placed for Dovecot, in a real Dovecot: every delivery rings, and none suffers for it."""

from __future__ import annotations

import smtplib
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from glassdome.api.routes_push import Push
from tests.integration.push.conftest import SECRET, Pushing, snippet
from tests.integration.push.receivers import Receiver, Silent
from tests.servers.certificates import Certificates
from tests.servers.dovecot import Dovecot
from tests.servers.process import free_port


def letter(number: int) -> bytes:
    """Return a small message."""
    return f"From: a@example.org\r\nSubject: no {number}\r\nMessage-ID: <{number}@x>\r\n\r\nhello\r\n".encode()


def test_a_delivery_rings(pushing: Pushing, receiver: Receiver) -> None:
    """The request carries the secret, and a body our API understands: who, where, which; no text of the mail."""
    dovecot = pushing(receiver.url)
    mailbox = dovecot.add_mailbox()

    dovecot.deliver(mailbox, letter(1))

    path, authorization, body = receiver.seen.get(timeout=20)
    assert ("/internal/push", f"Bearer {SECRET}") == (path, authorization)
    assert {(mailbox, "INBOX")} == Push(**body).changed()
    event = body["events"][0]
    assert (1, "<1@x>") == (event["uid"], event["message_id"])
    assert {"event", "user", "mailbox", "uid", "uidvalidity", "message_id"} == event.keys()
    assert "Error" not in dovecot.log()


def test_many_at_once(pushing: Pushing, receiver: Receiver) -> None:
    """A hundred concurrent deliveries into two mailboxes ring a hundred times."""
    dovecot = pushing(receiver.url)
    mailboxes = [dovecot.add_mailbox(), dovecot.add_mailbox()]

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: dovecot.deliver(mailboxes[n % 2], letter(n)), range(100)))

    rung = [receiver.seen.get(timeout=20)[2]["events"] for _ in range(100)]
    assert {f"<{n}@x>" for n in range(100)} == {event["message_id"] for events in rung for event in events}


@pytest.mark.parametrize("temper", ["silent", "nobody"])
def test_no_mail_is_lost_without_a_receiver(pushing: Pushing, temper: str) -> None:
    """Each mail is stored, with one warning, if the receiver is absent or hangs."""
    silent = Silent()
    dovecot = pushing(silent.url if temper == "silent" else f"http://127.0.0.1:{free_port()}")
    mailbox = dovecot.add_mailbox()

    with smtplib.LMTP(dovecot.host, dovecot.lmtp_port) as peer:
        for number in range(5):
            peer.sendmail("s@elsewhere.test", [mailbox], letter(number))

    assert 5 == dovecot.doveadm("search", "-u", mailbox, "all").count("\n")
    assert 5 == dovecot.log().count("glassdome: 90")
    silent.stop()


def test_an_owners_own_plugins_stay(server_folder: Path, certificates: Certificates) -> None:
    """A second `protocol lmtp` adds to the plugins of those before it, as doveconf expands them."""
    server = Dovecot(
        server_folder / "dx", certificates, lmtp_plugins="notify mail_log", extra=snippet(server_folder, "http://x")
    )
    server.start()
    try:
        shown = subprocess.run(
            ["/usr/bin/doveconf", "-c", str(server.config_file), "-f", "protocol=lmtp", "mail_plugins"],
            check=True,
            capture_output=True,
            text=True,
        ).stdout
    finally:
        server.stop()

    assert {"mail_log", "push_notification", "mail_lua", "push_notification_lua"} <= set(shown.split())
