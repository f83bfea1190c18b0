"""Debian's Cyrus IMAP, wholly unprivileged: IMAP by TLS, LMTP, and a password daemon of our own."""

from __future__ import annotations

import itertools
import os
import pwd
import smtplib
import socket
import struct
import threading
from pathlib import Path
from typing import Any

from tests.servers.certificates import Certificates
from tests.servers.dovecot import DOMAIN, PASSWORD
from tests.servers.process import ServerProcess, free_port, server_environment
from tests.servers.unpacked import CYRUS, unpacked

__all__ = ["Cyrus"]


class Cyrus:
    """One instance; every account's password is PASSWORD, and one is made at its first login."""

    def __init__(self, base: Path, certificates: Certificates) -> None:
        """`base` must be short (socket paths)."""
        self.base, self.host, self.certificates = base, "localhost", certificates
        self.port, self.lmtp_port = free_port(), free_port()
        self._package = unpacked(CYRUS)
        self._programs = self._package / "usr/lib/cyrus/bin"
        self._owner = pwd.getpwnam("nobody") if os.getuid() == 0 else pwd.getpwuid(os.getuid())
        self._numbers = itertools.count(1)
        self._passwords = _PasswordDaemon(base / "run" / "mux")
        self._process: ServerProcess | None = None

    def start(self) -> None:
        """Write the configuration and start; returns when LMTP greets."""
        for name in ("conf", "spool", "run"):
            (self.base / name).mkdir(parents=True)
        settings = self.base / "imapd.conf"
        settings.write_text(self._settings())
        (self.base / "cyrus.conf").write_text(self._services(settings))
        self._passwords.start()
        identity: dict[str, Any] = {}
        if os.getuid() == 0:
            for file in (self.base, *self.base.rglob("*")):
                os.chown(file, self._owner.pw_uid, self._owner.pw_gid)
            identity = {"user": self._owner.pw_uid, "group": self._owner.pw_gid, "extra_groups": []}
        environment = server_environment(CYRUS_USER=self._owner.pw_name, **self._package.environment)
        files = ["-C", str(settings), "-M", str(self.base / "cyrus.conf"), "-p", str(self.base / "run" / "pid")]
        self._process = ServerProcess(
            [str(self._programs / "master"), *files], output=self.base / "output", env=environment, **identity
        )
        self._process.wait_for_banner(self.lmtp_port, b"220", seconds=60)

    def stop(self) -> None:
        """Kill it."""
        if self._process is not None:
            self._process.stop()
        self._passwords.stop()

    def add_mailbox(self) -> str:
        """Return an address; the account is there as soon as somebody logs in."""
        return f"box{next(self._numbers)}@{DOMAIN}"

    def deliver(self, mailbox: str, raw: bytes) -> None:
        """Deliver by LMTP."""
        with smtplib.LMTP("127.0.0.1", self.lmtp_port) as peer:
            peer.sendmail("sender@elsewhere.test", [mailbox], raw)

    def _settings(self) -> str:
        return f"""
configdirectory: {self.base}/conf
defaultpartition: default
partition-default: {self.base}/spool
proc_path: {self.base}/run/proc
mboxname_lockpath: {self.base}/run/lock
idlesocket: {self.base}/run/idle
notifysocket: {self.base}/run/notify
lmtpsocket: {self.base}/run/lmtp
cyrus_user: {self._owner.pw_name}
admins: cyrus
virtdomains: userid
defaultdomain: {DOMAIN}
altnamespace: no
unixhierarchysep: no
allowplaintext: no
imapidlepoll: 1
duplicatesuppression: no
sasl_mech_list: PLAIN
sasl_pwcheck_method: saslauthd
sasl_saslauthd_path: {self.base}/run/mux
tls_server_cert: {self.certificates.certificate}
tls_server_key: {self.certificates.key}
autocreate_users: anyone
autocreate_quota: 0
autocreate_inbox_folders: Junk|Sent|Trash|Drafts
"""

    def _services(self, settings: Path) -> str:
        run = f"-C {settings}"
        return f"""
START {{
  recover cmd="{self._programs}/ctl_cyrusdb {run} -r"
}}
SERVICES {{
  imaps cmd="{self._programs}/imapd -s {run}" listen="127.0.0.1:{self.port}" prefork=0
  lmtp cmd="{self._programs}/lmtpd -a {run}" listen="127.0.0.1:{self.lmtp_port}" prefork=0
}}
EVENTS {{
}}
DAEMON {{
  idled cmd="{self._programs}/idled {run}"
}}
"""


class _PasswordDaemon:
    """Speaks saslauthd's protocol: four strings with their lengths in front, answered by OK or NO."""

    def __init__(self, path: Path) -> None:
        """`path` is the socket."""
        self._path, self._socket = path, socket.socket(socket.AF_UNIX)

    def start(self) -> None:
        """Listen, in a thread."""
        self._socket.bind(str(self._path))
        self._path.chmod(0o777)
        self._socket.listen(50)
        threading.Thread(target=self._run, daemon=True).start()

    def stop(self) -> None:
        """End."""
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _run(self) -> None:
        while True:
            try:
                peer, _ = self._socket.accept()
            except OSError:
                return
            with peer, peer.makefile("rb") as stream:
                said = [stream.read(struct.unpack("!H", stream.read(2))[0]) for _ in range(4)]
                peer.sendall(b"\0\2OK" if said[1] == PASSWORD.encode() else b"\0\2NO")
