"""A private Rspamd 3: one scanner, one controller (port and socket), Bayes in a private Redis, no DNS, no stock rules."""

from __future__ import annotations

import json
import os
import pwd
import time
import urllib.request
from pathlib import Path
from typing import Any

from tests.servers.process import ServerProcess, free_port, server_environment

__all__ = ["Rspamd"]

_SUFFIXES = "com\nnet\norg\nexample\ntest\n"


class Rspamd:
    """One instance; `local` is what $LOCAL_CONFDIR is in a mailcow: rspamd.conf.local, local.d, plugins.d."""

    def __init__(self, base: Path, *, local: Path, redis_port: int) -> None:
        """`base` must be short (a socket lies in it)."""
        self.base, self.local = base, local
        self._redis_port = redis_port
        self.port, self.controller_port = free_port(), free_port()
        self._process: ServerProcess | None = None

    @property
    def socket(self) -> Path:
        """The controller's Unix socket, as mailcow has one."""
        return self.base / "rspamd.sock"

    def start(self) -> None:
        """Start; returns when both workers answer."""
        self.base.mkdir(parents=True)
        (self.base / "suffixes.dat").write_text(_SUFFIXES)
        config = self.base / "rspamd.conf"
        config.write_text(self._configuration())
        owner = pwd.getpwnam("_rspamd")
        command = ["/usr/bin/rspamd", "-f", "-c", str(config), f"--var=LOCAL_CONFDIR={self.local}"]
        if os.getuid() == 0:
            os.chown(self.base, owner.pw_uid, owner.pw_gid)
            command += ["-u", "_rspamd", "-g", "_rspamd"]
        self._process = ServerProcess(command, output=self.base / "output", env=server_environment())
        for port in (self.port, self.controller_port):
            self._process.wait_for_banner(port, b"", seconds=60)

    def stop(self) -> None:
        """Kill it."""
        if self._process is not None:
            self._process.stop()

    def scan(self, raw: bytes) -> dict[str, Any]:
        """Scan a message; return score, symbols and `seconds`, what it took."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/checkv2",
            data=raw,
            headers={"From": "s@elsewhere.example", "IP": "192.0.2.9"},
        )
        begun = time.perf_counter()
        with urllib.request.urlopen(request, timeout=20) as answer:
            found: dict[str, Any] = json.load(answer)
        return found | {"seconds": time.perf_counter() - begun}

    def log(self) -> str:
        """Return its log."""
        file = self.base / "rspamd.log"
        return file.read_text(errors="replace") if file.exists() else ""

    def _configuration(self) -> str:
        return f"""
options {{
  pidfile = "{self.base}/pid";
  filters = "";
  dns {{ nameserver = ["127.0.0.1:1"]; timeout = 0.2s; retransmits = 1; }}
  control_socket = "{self.base}/control.sock mode=0600";
  hs_cache_dir = "{self.base}/";
  tempdir = "{self.base}";
  url_tld = "{self.base}/suffixes.dat";
  task_timeout = 8s;
}}
logging {{ type = "file"; filename = "{self.base}/rspamd.log"; level = "info"; log_buffered = false; }}
worker "normal" {{ bind_socket = "127.0.0.1:{self.port}"; count = 1; task_timeout = 8s; }}
worker "controller" {{
  bind_socket = "127.0.0.1:{self.controller_port}";
  bind_socket = "{self.socket} mode=0666 owner=_rspamd";
  count = 1;
  secure_ip = ["192.0.2.1"];
  password = "controller-password";
  stats_path = "{self.base}/stats.ucl";
}}
actions {{ reject = 15; add_header = 8; greylist = 7; }}
classifier "bayes" {{
  tokenizer {{ name = "osb"; }}
  backend = "redis";
  servers = "127.0.0.1:{self._redis_port}";
  min_tokens = 1;
  min_learns = 1;
  new_schema = true;
  statfile {{ symbol = "BAYES_HAM"; spam = false; }}
  statfile {{ symbol = "BAYES_SPAM"; spam = true; }}
  learn_condition = 'return require("lua_bayes_learn").can_learn';
}}
modules {{ path = "$LOCAL_CONFDIR/plugins.d/"; }}
.include(try=true) "$LOCAL_CONFDIR/rspamd.conf.local"
"""
