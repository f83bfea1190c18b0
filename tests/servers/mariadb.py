"""A private MariaDB: its own data folder, one port on loopback, a fresh database per call."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
from pathlib import Path

from tests.servers.process import ServerProcess, free_port, server_environment

__all__ = ["MariaDB"]

_USER, _PASSWORD = "glassdome", "pw-of-tests"


class MariaDB:
    """One server. `start` and `stop` may alternate; what was committed stays."""

    def __init__(self, folder: Path, *, flush: int = 1, pool: str = "256M") -> None:
        """`flush` is innodb_flush_log_at_trx_commit: 1 is the durable default, 2 spares a slow disk. `pool` is InnoDB's."""
        self.folder, self.port, self._flush, self._pool = folder, free_port(), flush, pool
        self._process: ServerProcess | None = None

    def install(self) -> None:
        """Make the data folder and the user."""
        self.folder.mkdir(parents=True)
        (self.folder / "data").mkdir()
        if os.getuid() == 0:
            for path in (self.folder, self.folder / "data"):
                shutil.chown(path, "mysql", "mysql")
        grant = f"GRANT ALL ON `gd\\_%`.* TO '{_USER}'@'%' IDENTIFIED BY '{_PASSWORD}';\n"
        (self.folder / "init.sql").write_text(grant)
        options = [
            "--auth-root-authentication-method=normal",
            "--skip-test-db",
            "--skip-name-resolve",
            "--skip-log-bin",
        ]
        subprocess.run(
            ["mariadb-install-db", "--no-defaults", f"--datadir={self.folder / 'data'}", *options, *self._as_user()],
            check=True,
            capture_output=True,
            env=server_environment(),
        )

    def start(self) -> None:
        """Start and wait until it accepts connections."""
        options = {
            "datadir": self.folder / "data",
            "socket": self.folder / "s",
            "pid-file": self.folder / "pid",
            "init-file": self.folder / "init.sql",
            "port": self.port,
            "bind-address": "127.0.0.1",
            "innodb-flush-log-at-trx-commit": self._flush,
            "innodb-buffer-pool-size": self._pool,
            "performance-schema": "OFF",
            "max-connections": 200,
            # As in mailcow: not strict by default, and not a binary collation.
            "sql-mode": "",
            "collation-server": "utf8mb4_unicode_ci",
            "character-set-server": "utf8mb4",
        }
        command = ["mariadbd", "--no-defaults", "--skip-name-resolve", "--skip-log-bin", *self._as_user()]
        command += [f"--{name}={value}" for name, value in options.items()]
        self._process = ServerProcess(command, output=self.folder / "log", env=server_environment())
        self._process.wait_for_banner(self.port, b"")

    def stop(self) -> None:
        """Kill it, as a power cut would."""
        if self._process is not None:
            self._process.stop()
            self._process = None

    def new_database(self) -> str:
        """Make an empty database and return its URL."""
        return self.database(f"gd_{secrets.token_hex(4)}")

    def database(self, name: str) -> str:
        """Return the URL of a database, made if it is not there; `name` begins with `gd_`."""
        self.sql(f"CREATE DATABASE IF NOT EXISTS {name}")
        return f"mysql://{_USER}:{_PASSWORD}@127.0.0.1:{self.port}/{name}"

    def sql(self, statement: str) -> str:
        """Run a statement as the tests' user and return what the client prints."""
        login = ["-h127.0.0.1", f"-P{self.port}", f"-u{_USER}", f"-p{_PASSWORD}"]
        command = ["mariadb", "--no-defaults", *login, "-N", "-e", statement]
        done = subprocess.run(command, check=True, capture_output=True, text=True, env=server_environment())
        return done.stdout

    @property
    def pid(self) -> int:
        """The id of the running server's process."""
        assert self._process is not None
        return self._process.pid

    def as_root(self, statement: str) -> None:
        """Run a statement as the server's administrator."""
        command = ["mariadb", "--no-defaults", f"--socket={self.folder / 's'}", "-uroot", "-e", statement]
        subprocess.run(command, check=True, capture_output=True, env=server_environment())

    def _as_user(self) -> list[str]:
        return ["--user=mysql"] if os.getuid() == 0 else []
