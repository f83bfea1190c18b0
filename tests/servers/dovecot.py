"""A private Dovecot 2.3 or 2.4 that runs wholly unprivileged: IMAP, LMTP, SASL and a master user shaped like mailcow's."""

from __future__ import annotations

import functools
import grp
import itertools
import os
import pwd
import smtplib
import subprocess
from pathlib import Path
from typing import Any

from tests.servers.certificates import Certificates
from tests.servers.dovecot_config import DovecotPlan, configuration
from tests.servers.process import ServerProcess, free_port, server_environment

__all__ = ["DOMAIN", "MASTER_PASSWORD", "MASTER_USER", "PASSWORD", "Dovecot", "dovecot_version"]

DOMAIN = "example.test"
PASSWORD = "correct horse"
MASTER_USER = "master@mailcow.local"
MASTER_PASSWORD = "master secret"


class Dovecot:
    """One instance; every account's password is PASSWORD."""

    def __init__(
        self,
        base: Path,
        certificates: Certificates,
        *,
        extra: str = "",
        lmtp_plugins: str = "",
        imap_plugins: str = "",
    ) -> None:
        """`base` must be short (socket paths); `extra` is appended to the configuration."""
        self.base = base
        self.certificates = certificates
        self.host = "127.0.0.1"
        self.imap_port, self.imaps_port, self.lmtp_port = free_port(), free_port(), free_port()
        self._extra, self._lmtp_plugins, self._imap_plugins = extra, lmtp_plugins, imap_plugins
        self._numbers = itertools.count(1)
        self._process: ServerProcess | None = None
        owner = pwd.getpwnam("nobody") if os.getuid() == 0 else pwd.getpwuid(os.getuid())
        self.uid, self.gid, self.user = owner.pw_uid, owner.pw_gid, owner.pw_name
        self.group = grp.getgrgid(owner.pw_gid).gr_name

    @property
    def sasl_socket(self) -> Path:
        """The socket at which Postfix checks passwords."""
        return self.base / "run" / "auth-sasl"

    @property
    def config_file(self) -> Path:
        """The configuration in use, for doveadm -c."""
        return self.base / "dovecot.conf"

    def start(self) -> None:
        """Write the configuration and start; returns when IMAP greets."""
        for name in ("run", "state", "mail", "users"):
            (self.base / name).mkdir(parents=True, exist_ok=True)
        (self.base / "master.passwd").write_text(f"{MASTER_USER}:{{PLAIN}}{MASTER_PASSWORD}\n")
        self.config_file.write_text(self._configuration())
        if os.getuid() == 0:
            for file in (self.base, *self.base.rglob("*")):
                os.chown(file, self.uid, self.gid)
        self._process = ServerProcess(
            ["/usr/sbin/dovecot", "-F", "-c", str(self.config_file)],
            output=self.base / "output",
            env=server_environment(),
            **self._identity(),
        )
        self._process.wait_for_banner(self.imap_port, b"* OK")

    def stop(self) -> None:
        """Kill it."""
        if self._process is not None:
            self._process.stop()
            self._process = None

    def add_mailbox(self, name: str = "", *, password: str = PASSWORD) -> str:
        """Make an account and return its address; without `name` it is one no other test has."""
        address = name if "@" in name else f"{name or f'box{next(self._numbers)}'}@{DOMAIN}"
        # One file per account: Dovecot looks at a file it knows only once per second.
        (self.base / "users" / address).write_text(f"{address}:{{PLAIN}}{password}::::::\n", encoding="utf-8")
        return address

    def deliver(self, mailbox: str, raw: bytes, *, mail_from: str = "sender@elsewhere.test") -> None:
        """Deliver by LMTP, as Postfix does; raises smtplib.SMTPException when Dovecot refuses."""
        with smtplib.LMTP(self.host, self.lmtp_port) as peer:
            peer.sendmail(mail_from, [mailbox], raw)

    def doveadm(self, *arguments: str) -> str:
        """Run doveadm as the mail user and return what it prints."""
        done: subprocess.CompletedProcess[str] = subprocess.run(
            ["/usr/bin/doveadm", "-c", str(self.config_file), *arguments],
            check=True,
            capture_output=True,
            text=True,
            env=server_environment(),
            **self._identity(),
        )
        return done.stdout

    def log(self) -> str:
        """Return Dovecot's log so far."""
        file = self.base / "dovecot.log"
        return file.read_text(errors="replace") if file.exists() else ""

    def _identity(self) -> dict[str, Any]:
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if os.getuid() == 0 else {}

    def _configuration(self) -> str:
        plan = DovecotPlan(
            base=self.base,
            host=self.host,
            domain=DOMAIN,
            user=self.user,
            group=self.group,
            uid=self.uid,
            gid=self.gid,
            imap_port=self.imap_port,
            imaps_port=self.imaps_port,
            lmtp_port=self.lmtp_port,
            certificate=self.certificates.certificate,
            key=self.certificates.key,
            lmtp_plugins=self._lmtp_plugins,
            imap_plugins=self._imap_plugins,
            extra=self._extra,
        )
        return configuration(plan, dovecot_version())


@functools.cache
def dovecot_version() -> str:
    """Return the version of Debian's Dovecot: 2.3.19.1, 2.4.1-4."""
    shown = subprocess.run(["/usr/sbin/dovecot", "--version"], check=True, capture_output=True, text=True).stdout
    return shown.split()[0]
