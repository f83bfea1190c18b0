"""A mailbox on the session's Dovecot whose mails carry our keywords, and the service that has their verdicts."""

from __future__ import annotations

import asyncio
import imaplib
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from email.message import EmailMessage
from pathlib import Path

from pydantic import SecretStr

from glassdome.core.config import Settings
from glassdome.store import migrate
from glassdome.values.keyword import KEYWORDS
from glassdome.values.message import Address
from glassdome.values.opinion import Reason
from glassdome.values.refs import MessageRef
from glassdome.values.signal import Evidence
from glassdome.values.verdict import Label
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.unit.api.bench import Bench, analysis, verdict
from tests.unit.api.running import running

__all__ = ["HOSTILE", "KEY", "SUBJECTS", "MarkedMailbox", "mail_of", "marked_mailbox", "serving"]

KEY = "key-of-this-mailbox-alone"
#: Mail may say this anywhere; shown as anything but text it would leave a trace.
HOSTILE = "<img src=x onerror='window.pwned=1'><b>bold</b>"
SUBJECTS = {
    "$Phishing": "Your parcel is waiting",
    "glassdome-check": "Our new bank account",
    "glassdome-unreadable": "An encrypted note",
    "glassdome-now": "The server room is hot",
    "glassdome-answer": "Shall we meet on Friday?",
    "glassdome-waiting": "Re: the offer for the roof",
    "glassdome-first-contact": "Hello from a new neighbour",
    "": "Lunch menu",
}
_LABELS = {"$Phishing": Label.PHISH, "glassdome-unreadable": Label.UNKNOWN}


@dataclass
class MarkedMailbox:
    """The account, and the reference of each message by its subject."""

    address: str
    subjects: Mapping[str, str]
    refs: dict[str, MessageRef] = field(default_factory=dict)

    async def judge(self, bench: Bench) -> None:
        """Store the verdicts."""
        await bench.choose(self.address)
        for keyword, subject in self.subjects.items():
            hit = Reason(signal="x", why=f"Why {HOSTILE}", evidence=(Evidence(where="link:0", quote=HOSTILE),))
            label = _LABELS.get(keyword, Label.HAM)
            said = verdict(label, summary=f"Summary {HOSTILE}", phishing_reasons=(hit,) if label is Label.PHISH else ())
            if label is Label.UNKNOWN:
                said = replace(said, is_phishing=None, phishing_score=None, readable="encrypted")
            ref = self.refs[subject]
            made = analysis(ref, label, subject=subject, verdict=said, header_from=Address(name="A", addr="a@new.test"))
            await bench.store(made)


def marked_mailbox(dovecot: Dovecot, subjects: Mapping[str, str] = SUBJECTS) -> MarkedMailbox:
    """Make an account with one mail for each keyword, and one without; `subjects` by keyword."""
    made = MarkedMailbox(dovecot.add_mailbox(), subjects)
    with imaplib.IMAP4(dovecot.host, dovecot.imap_port) as imap:
        imap.login(made.address, PASSWORD)
        for number, (keyword, subject) in enumerate(subjects.items(), 1):
            date = f'"{number:02}-Nov-2026 10:00:00 +0000"'
            kind, answer = imap.append("INBOX", f"({keyword} \\Seen)", date, mail_of(made.address, number, subject))
            found = re.search(rb"APPENDUID (\d+) (\d+)", answer[0])
            assert kind == "OK"
            assert found is not None
            made.refs[subject] = MessageRef(
                mailbox=made.address, folder="INBOX", uid_validity=int(found[1]), uid=int(found[2])
            )
    assert set(subjects) == {keyword.name for keyword in KEYWORDS} | {""}
    return made


@contextmanager
def serving(mailbox: MarkedMailbox, folder: Path) -> Iterator[str]:
    """Serve the verdicts to a key of that mailbox alone; yield the service's address."""
    path = folder / "verdicts.db"
    asyncio.run(migrate(f"sqlite:///{path}"))
    settings = Settings(api_keys=SecretStr(f"{KEY}:rw:{mailbox.address}"))
    with running(path, settings, mailbox.judge) as port:
        yield f"http://127.0.0.1:{port}"


def mail_of(address: str, number: int, subject: str, sender: str = "A <a@new.test>") -> bytes:
    """Return the mail with that number in its Message-ID."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, address, subject
    mail["Date"] = f"Mon, {number:02} Nov 2026 10:00:00 +0000"
    mail["Message-ID"] = f"<{number}@shop.example>"
    mail.set_content("Text of the mail.\n")
    return mail.as_bytes()
