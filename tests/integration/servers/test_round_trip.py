"""The test servers themselves: submission to Postfix arrives in Dovecot."""

import imaplib
import smtplib
import ssl
import time

import pytest

from tests.servers.dovecot import MASTER_PASSWORD, MASTER_USER, PASSWORD, Dovecot
from tests.servers.postfix import REFUSED, Postfix

MAIL = b"From: a@example.test\r\nTo: b@example.test\r\nSubject: hello\r\nMessage-ID: <1@x>\r\n\r\nHi.\r\n"


def _imap(dovecot: Dovecot, user: str, password: str) -> imaplib.IMAP4_SSL:
    context = ssl.create_default_context(cafile=str(dovecot.certificates.ca))
    peer = imaplib.IMAP4_SSL("localhost", dovecot.imaps_port, ssl_context=context)
    peer.login(user, password)
    return peer


def test_master_user_reads_what_lmtp_delivered(dovecot: Dovecot, mailbox: str) -> None:
    """A delivery is visible to the master user at once."""
    dovecot.deliver(mailbox, MAIL)
    with _imap(dovecot, f"{mailbox}*{MASTER_USER}", MASTER_PASSWORD) as peer:
        assert peer.select("INBOX", readonly=True) == ("OK", [b"1"])
    assert dovecot.doveadm("mailbox", "status", "-u", mailbox, "messages", "INBOX") == "INBOX messages=1\n"


def test_submission_arrives(dovecot: Dovecot, postfix: Postfix, mailbox: str) -> None:
    """Postfix takes authenticated mail, refuses one recipient, and delivers to Dovecot."""
    context = ssl.create_default_context(cafile=str(dovecot.certificates.ca))
    with smtplib.SMTP("localhost", postfix.submission_port) as peer:
        peer.starttls(context=context)
        peer.login(mailbox, PASSWORD)
        assert list(peer.sendmail(mailbox, [mailbox, REFUSED], MAIL)) == [REFUSED]
    deadline = time.monotonic() + 10
    with _imap(dovecot, mailbox, PASSWORD) as imap:
        while imap.select("INBOX")[1] != [b"1"]:
            assert time.monotonic() < deadline
    with (
        smtplib.SMTP_SSL("localhost", postfix.submissions_port, context=context) as peer,
        pytest.raises(smtplib.SMTPAuthenticationError),
    ):
        peer.login(mailbox, "wrong")
