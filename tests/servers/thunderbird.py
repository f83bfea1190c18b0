"""Debian's Thunderbird without a screen, with a made profile, driven by its own remote protocol (Marionette)."""

from __future__ import annotations

import base64
import itertools
import json
import socket
from pathlib import Path
from typing import Any

from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.process import ServerProcess, free_port, server_environment

__all__ = ["Thunderbird"]

_LOGIN = """
const [host, user, password, done] = arguments;
const made = Cc["@mozilla.org/login-manager/loginInfo;1"].createInstance(Ci.nsILoginInfo);
made.init(`imap://${host}`, null, `imap://${host}`, user, password, "", "");
Services.logins.addLoginAsync(made).then(() => done(true), error => done(String(error)));
"""


class Thunderbird:
    """One instance that reads a mailbox on `dovecot`; `preferences` is the text of a user.js."""

    def __init__(self, base: Path, dovecot: Dovecot, address: str, preferences: str) -> None:
        """`base` must not exist yet."""
        self.base, self._dovecot, self._address = base, dovecot, address
        self._preferences, self._port, self._numbers = preferences, free_port(), itertools.count(1)
        self._process: ServerProcess | None = None
        self._peer: socket.socket | None = None

    def start(self) -> None:
        """Make the profile, start, and store the mailbox's password."""
        self.base.mkdir(parents=True)
        (self.base / "user.js").write_text(self._preferences + self._account())
        command = ["/usr/bin/thunderbird", "--headless", "--no-remote", "--profile", str(self.base)]
        environment = server_environment(HOME=str(self.base), MOZ_HEADLESS="1")
        command += ["--marionette", "--remote-allow-system-access"]
        self._process = ServerProcess(command, output=self.base / "output", env=environment)
        self._process.wait_for_banner(self._port, b"", seconds=60)
        self._peer = socket.create_connection(("127.0.0.1", self._port), 60)
        self._read()
        self._call("WebDriver:NewSession", capabilities={})
        self._call("Marionette:SetContext", value="chrome")
        self._call("WebDriver:SetTimeouts", script=60_000)
        assert self.run(_LOGIN, self._dovecot.host, self._address, PASSWORD) is True

    def stop(self) -> None:
        """Kill it."""
        if self._peer is not None:
            self._peer.close()
        if self._process is not None:
            self._process.stop()

    def run(self, script: str, *arguments: Any) -> Any:
        """Run a script in the program itself; it calls its last argument with its answer."""
        return self._call("WebDriver:ExecuteAsyncScript", script=script, args=list(arguments))["value"]

    def install(self, package: Path) -> None:
        """Install an add-on until the program ends."""
        self._call("Addon:Install", path=str(package), temporary=True)

    def screenshot(self, path: Path) -> None:
        """Write a picture of its window."""
        path.write_bytes(base64.b64decode(self._call("WebDriver:TakeScreenshot", full=False)["value"]))

    def _call(self, command: str, **parameters: Any) -> Any:
        assert self._peer is not None
        text = json.dumps([0, next(self._numbers), command, parameters])
        self._peer.sendall(f"{len(text.encode())}:{text}".encode())
        _, _, error, answer = self._read()
        if error:
            raise RuntimeError(f"{command}: {error}")
        return answer

    def _read(self) -> Any:
        assert self._peer is not None
        digits = b""
        while (byte := self._peer.recv(1)) != b":":
            digits += byte
        data, size = b"", int(digits)
        while len(data) < size:
            data += self._peer.recv(size - len(data))
        return json.loads(data)

    def _account(self) -> str:
        server = {
            "type": "imap", "hostname": self._dovecot.host, "port": self._dovecot.imap_port, "userName": self._address,
            "name": self._address, "socketType": 0, "authMethod": 3, "login_at_startup": False, "check_new_mail": False,
        }  # fmt: skip
        values: dict[str, Any] = {f"mail.server.server1.{name}": value for name, value in server.items()} | {
            "mail.accountmanager.accounts": "account1",
            "mail.accountmanager.defaultaccount": "account1",
            "mail.account.account1.server": "server1",
            "mail.account.account1.identities": "id1",
            "mail.identity.id1.useremail": self._address,
            "mail.identity.id1.fullName": "Ann",
            "mail.threadpane.listview": 1,
            "mail.pane_config.dynamic": 0,
            "mail.rights.version": 1,
            "mailnews.start_page.enabled": False,
            "mail.provider.suppress_dialog_on_startup": True,
            "app.donation.eoy.version.viewed": 999,
            "datareporting.policy.dataSubmissionEnabled": False,
            "marionette.port": self._port,
        }
        return "".join(f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in values.items())
