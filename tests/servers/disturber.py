"""Disturbs monitored mailboxes of a real Dovecot at random, and keeps count of what was there long enough to be seen."""

from __future__ import annotations

import asyncio
import contextlib
import imaplib
import random
import re
import sqlite3
import ssl
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.servers.dovecot import PASSWORD, Dovecot

__all__ = ["Disturber", "Outcome", "analysed_in"]

_FLAGS = ("\\Seen", "\\Flagged", "\\Answered", "\\Draft", "$Forwarded", "later")
#: What is done, and how often for each other thing.
_DEEDS = {"deliver": 6, "append": 6, "flag": 6, "move": 5, "bring_back": 3, "expunge": 4, "rename": 1, "undelete": 1}


@dataclass
class Outcome:
    """The messages that existed, and those that had to be analysed; all by Message-ID."""

    ever: set[str] = field(default_factory=set)
    owed: set[str] = field(default_factory=set)
    deeds: Counter[str] = field(default_factory=Counter)


@dataclass
class _Box:
    """One mailbox as the disturber knows it: Message-ID and moment of arrival of what lies in INBOX."""

    address: str
    inbox: dict[str, float] = field(default_factory=dict)
    away: dict[str, str] = field(default_factory=dict)
    folders: list[str] = field(default_factory=lambda: ["Archive", "Lists"])


class Disturber:
    """Does one thing after another. A message is owed an analysis when it may be taken away, or is left in INBOX.

    `may_go(message_id, seconds)` says whether a message that lies there for so long was there long enough; one in twenty
    is taken away before, and owed nothing.
    """

    def __init__(
        self, dovecot: Dovecot, addresses: list[str], *, may_go: Callable[[str, float], bool], seed: int
    ) -> None:
        """`seed` makes the deeds of a run repeatable; their moments are not."""
        self._dovecot, self._may_go, self._dice = dovecot, may_go, random.Random(seed)
        self._boxes = [_Box(address) for address in addresses]
        self._tls = ssl.create_default_context(cafile=dovecot.certificates.ca)
        self._tls.check_hostname = False
        self.outcome = Outcome()

    async def run(self, seconds: float, *, pause: float = 0.1) -> Outcome:
        """Disturb for so long and return what was there."""
        ends = time.monotonic() + seconds
        for box in self._boxes:
            for folder in box.folders:
                await asyncio.to_thread(self._with, box, "create", folder)
        while time.monotonic() < ends:
            (deed,) = self._dice.choices(list(_DEEDS), list(_DEEDS.values()))
            box = self._dice.choice(self._boxes)
            if await asyncio.to_thread(getattr(self, f"_{deed}"), box):
                self.outcome.deeds[deed] += 1
            await asyncio.sleep(pause * self._dice.random() * 2)
        for box in self._boxes:
            self.outcome.owed |= box.inbox.keys()
        return self.outcome

    # -- what it does

    def _deliver(self, box: _Box) -> bool:
        raw = self._new(box)
        self._dovecot.deliver(box.address, raw)
        return True

    def _append(self, box: _Box) -> bool:
        flags = " ".join(self._dice.sample(_FLAGS, self._dice.randrange(3)))
        with self._session(box) as session:
            session.append("INBOX", f"({flags})", "", self._new(box))
        return True

    def _flag(self, box: _Box) -> bool:
        change = self._dice.choice(("+FLAGS", "-FLAGS", "+FLAGS.SILENT"))
        with self._on(box, self._any(box.inbox)) as (session, uid):
            if uid:
                session.uid("STORE", uid, change, f"({self._dice.choice(_FLAGS)})")
        return bool(uid)

    def _move(self, box: _Box) -> bool:
        message_id = self._leaving(box)
        with self._on(box, message_id) as (session, uid):
            if uid and message_id:
                folder = self._dice.choice(box.folders)
                session.uid("MOVE", uid, folder)
                del box.inbox[message_id]
                box.away[message_id] = folder
        return bool(uid)

    def _bring_back(self, box: _Box) -> bool:
        message_id = self._any(box.away)
        if not message_id:
            return False
        with self._on(box, message_id, box.away[message_id]) as (session, uid):
            if uid:
                session.uid("MOVE", uid, "INBOX")
                del box.away[message_id]
                box.inbox[message_id] = time.monotonic()
        return bool(uid)

    def _expunge(self, box: _Box) -> bool:
        message_id = self._leaving(box)
        with self._on(box, message_id) as (session, uid):
            if uid and message_id:
                session.uid("STORE", uid, "+FLAGS", "(\\Deleted)")
                session.uid("EXPUNGE", uid)
                del box.inbox[message_id]
        return bool(uid)

    def _undelete(self, box: _Box) -> bool:
        with self._on(box, self._any(box.inbox)) as (session, uid):
            if uid:
                session.uid("STORE", uid, "+FLAGS", "(\\Deleted)")
                session.uid("STORE", uid, "-FLAGS", "(\\Deleted)")
        return bool(uid)

    def _rename(self, box: _Box) -> bool:
        index = self._dice.randrange(len(box.folders))
        old, new = box.folders[index], f"Folder{self._dice.randrange(10**9)}"
        self._with(box, "rename", old, new)
        box.folders[index] = new
        box.away = {key: new if folder == old else folder for key, folder in box.away.items()}
        return True

    # -- how

    def _new(self, box: _Box) -> bytes:
        number = len(self.outcome.ever)
        message_id = f"d{number}@disturber.test"
        self.outcome.ever.add(message_id)
        box.inbox[message_id] = time.monotonic()
        words = " ".join(self._dice.choices(("minutes", "budget", "lunch", "holiday", "printer", "thanks"), k=30))
        head = f"From: Ann <ann{number % 7}@elsewhere.test>\r\nTo: {box.address}\r\nSubject: Note {number}\r\n"
        return f"{head}Message-ID: <{message_id}>\r\nDate: Mon, 01 Jun 2026 10:00:00 +0000\r\n\r\n{words}.\r\n".encode()

    def _any(self, known: dict[str, float] | dict[str, str]) -> str:
        return self._dice.choice(list(known)) if known else ""

    def _leaving(self, box: _Box) -> str:
        """Choose a message that may go; rarely one that may not, which is owed nothing then."""
        message_id = self._any(box.inbox)
        if not message_id:
            return ""
        if self._may_go(message_id, time.monotonic() - box.inbox[message_id]):
            self.outcome.owed.add(message_id)
            return message_id
        return message_id if self._dice.random() < 0.05 else ""

    @contextlib.contextmanager
    def _session(self, box: _Box):  # type: ignore[no-untyped-def]
        session = imaplib.IMAP4_SSL("127.0.0.1", self._dovecot.imaps_port, ssl_context=self._tls, timeout=60)
        try:
            session.login(box.address, PASSWORD)
            yield session
        finally:
            with contextlib.suppress(OSError, imaplib.IMAP4.error):
                session.logout()

    @contextlib.contextmanager
    def _on(self, box: _Box, message_id: str, folder: str = "INBOX"):  # type: ignore[no-untyped-def]
        """Open the folder and find a message in it by its Message-ID."""
        if not message_id:
            yield None, b""
            return
        with self._session(box) as session:
            session.select(folder)
            _, found = session.uid("SEARCH", f"HEADER Message-ID <{message_id}>")
            yield session, found[0].split()[-1] if found and found[0] else b""

    def _with(self, box: _Box, command: str, *words: str) -> None:
        with self._session(box) as session:
            getattr(session, command)(*words)


def analysed_in(database: Path) -> Counter[str]:
    """Return the Message-IDs of all analyses, with how many each has."""
    with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        rows = connection.execute("SELECT message_id FROM llm_email_analysis").fetchall()
    return Counter(re.sub(r"[<>]", "", row[0]) for row in rows)
