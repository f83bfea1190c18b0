"""Debian's Courier IMAP on Maildirs of our own, behind a door of our own: its login daemon wants the system's folders."""

from __future__ import annotations

import itertools
import os
import pwd
import shlex
from pathlib import Path
from typing import Any

from tests.servers.certificates import Certificates
from tests.servers.dovecot import DOMAIN, PASSWORD
from tests.servers.imap_front import ImapFront
from tests.servers.process import server_environment
from tests.servers.unpacked import COURIER, unpacked

__all__ = ["Courier"]


class Courier:
    """One instance; every account's password is PASSWORD."""

    def __init__(self, base: Path, certificates: Certificates) -> None:
        """`base` holds the mail."""
        self.base, self.host, self.certificates = base, "localhost", certificates
        self._package = unpacked(COURIER)
        self._settings = self._package.environment | _settings(self._package / "etc/courier/imapd")
        # IDLE needs the daemon of its file watcher at a place in /usr: without, Courier is polled.
        able = self._settings["IMAP_CAPABILITY"].replace(" IDLE", "")
        self._settings["IMAP_CAPABILITY"] = self._settings["IMAP_CAPABILITY_TLS"] = able
        # So does a lock on a folder, which waits a second for that daemon each time; only shared folders want locks.
        self._settings["IMAP_USELOCKS"] = "0"
        owner = pwd.getpwnam("nobody") if os.getuid() == 0 else pwd.getpwuid(os.getuid())
        self._owner = owner.pw_uid, owner.pw_gid
        self._numbers, self._mails = itertools.count(1), itertools.count(1)
        identity: dict[str, Any] = {"user": self._owner[0], "group": self._owner[1], "extra_groups": []}
        self._front = ImapFront(
            certificates,
            self._program,
            password=PASSWORD,
            capabilities=able,
            identity=identity if os.getuid() == 0 else None,
        )

    @property
    def port(self) -> int:
        """The port of IMAP with implicit TLS."""
        return self._front.port

    def start(self) -> None:
        """Listen."""
        self.base.mkdir(parents=True)
        self.base.chmod(0o755)
        self._front.start()

    def stop(self) -> None:
        """Drop everybody."""
        self._front.stop()

    def add_mailbox(self, *folders: str) -> str:
        """Make an account with these folders below INBOX and return its address."""
        address = f"box{next(self._numbers)}@{DOMAIN}"
        for folder in ("", *(f".{name}" for name in folders)):
            place = self.base / address / "Maildir" / folder
            for part in ("cur", "new", "tmp"):
                (place / part).mkdir(parents=True)
            if folder:
                (place / "maildirfolder").touch()
        if os.getuid() == 0:
            for file in (self.base / address, *(self.base / address).rglob("*")):
                os.chown(file, *self._owner)
        return address

    def deliver(self, mailbox: str, raw: bytes) -> None:
        """Deliver as a mail server does: written aside, then renamed."""
        place, name = self.base / mailbox / "Maildir", f"{next(self._mails)}.test"
        (place / "tmp" / name).write_bytes(raw.replace(b"\r\n", b"\n"))
        os.chown(place / "tmp" / name, *self._owner)
        (place / "tmp" / name).rename(place / "new" / name)

    def _program(self, user: str, tag: str) -> tuple[list[str], dict[str, str]]:
        home = self.base / user
        login = {"AUTHENTICATED": user, "AUTHADDR": user, "IMAPLOGINTAG": tag, "PROTOCOL": "IMAP", "IMAP_TLS": "1"}
        peer = {"TCPREMOTEIP": "127.0.0.1", "TCPREMOTEPORT": "1", "HOME": str(home), "MAILDIR": "Maildir"}
        program = f"cd {shlex.quote(str(home))} && exec {shlex.quote(str(self._package / 'usr/bin/imapd'))} Maildir"
        return ["/bin/sh", "-c", program], server_environment(**self._settings, **login, **peer)


def _settings(file: Path) -> dict[str, str]:
    """Read Courier's own file of settings, which is a shell script of assignments."""
    found = dict[str, str]()
    for line in file.read_text().splitlines():
        name, equals, value = line.partition("=")
        if equals and name.isupper() and name.replace("_", "").isalpha() and "$" not in value:
            found[name] = " ".join(shlex.split(value))
    return found
