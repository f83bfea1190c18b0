"""Debian's SOGo as mailcow runs it: sogod behind nginx, MariaDB, memcached, and a custom-sogo.js that its pages load."""

from __future__ import annotations

import grp
import os
from pathlib import Path
from typing import Any

from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.mariadb import MariaDB
from tests.servers.nginx import Nginx
from tests.servers.process import ServerProcess, free_port, server_environment

__all__ = ["Sogo"]

_RESOURCES = "/usr/lib/GNUstep/SOGo/WebServerResources"


class Sogo:
    """One instance that reads mail from `dovecot`; `script` is what mailcow mounts as custom-sogo.js."""

    def __init__(self, base: Path, dovecot: Dovecot, mariadb: MariaDB, users: list[str], script: bytes) -> None:
        """`base` must not exist yet; `users` are addresses of mailboxes."""
        self.base, self._dovecot, self._mariadb, self._users = base, dovecot, mariadb, users
        self._script, self._port, self._cache_port = script, free_port(), free_port()
        self._nginx = Nginx(base / "nginx", self._site())
        self._running: list[ServerProcess] = []

    @property
    def url(self) -> str:
        """The address of its sign-in page."""
        return f"{self._nginx.url}/SOGo/"

    def start(self) -> None:
        """Make the accounts and start everything."""
        (self.base / "home").mkdir(parents=True)
        (self.base / "custom-sogo.js").write_bytes(self._script)
        database = self._mariadb.new_database()
        table = f"{database.rpartition('/')[2]}.users"
        columns = "c_uid VARCHAR(190) PRIMARY KEY, c_name VARCHAR(190), c_password VARCHAR(190), c_cn TEXT, mail TEXT"
        self._mariadb.sql(f"CREATE TABLE {table} ({columns})")
        for user in self._users:
            self._mariadb.sql(f"INSERT INTO {table} VALUES ('{user}', '{user}', '{PASSWORD}', '{user}', '{user}')")
        if os.getuid() == 0:
            for file in (self.base, *self.base.rglob("*")):
                os.chown(file, self._dovecot.uid, self._dovecot.gid)
        cache = ["/usr/bin/memcached", "-l", "127.0.0.1", "-p", str(self._cache_port), "-m", "16"]
        self._run([*cache, *(["-u", self._dovecot.user] if os.getuid() == 0 else [])], self._cache_port)
        options = [item for name, value in self._defaults(database).items() for item in (f"-{name}", value)]
        identity: dict[str, Any] = {}
        if os.getuid() == 0:
            # sogod does not start before it has read Debian's own file, which its group alone may read.
            identity = {
                "user": self._dovecot.uid,
                "group": self._dovecot.gid,
                "extra_groups": [grp.getgrnam("sogo").gr_gid],
            }
        self._run(["/usr/sbin/sogod", *options], self._port, cwd=self.base, **identity)
        self._nginx.start()

    def stop(self) -> None:
        """Kill everything."""
        self._nginx.stop()
        for process in self._running:
            process.stop()

    def log(self) -> str:
        """Return what sogod complains of."""
        return (self.base / "output").read_text(errors="replace")

    def _run(self, command: list[str], port: int, **options: Any) -> None:
        environment = server_environment(HOME=str(self.base / "home"))
        process = ServerProcess(command, output=self.base / "output", env=environment, **options)
        self._running.append(process)
        process.wait_for_banner(port, b"")

    def _defaults(self, database: str) -> dict[str, str]:
        source = {
            "type": "sql", "id": "users", "viewURL": f"{database}/users", "canAuthenticate": "YES",
            "isAddressBook": "NO", "userPasswordAlgorithm": "plain",
        }  # fmt: skip
        described = "".join(f'{name} = "{value}";' for name, value in source.items())
        tables = {
            "SOGoProfileURL": "profile", "OCSFolderInfoURL": "folder_info", "OCSSessionsFolderURL": "sessions",
            "OCSStoreURL": "store", "OCSAclURL": "acl", "OCSCacheFolderURL": "cache", "OCSEMailAlarmsFolderURL": "alarms",
        }  # fmt: skip
        return {name: f"{database}/sogo_{table}" for name, table in tables.items()} | {
            "WOPort": f"127.0.0.1:{self._port}",
            "WONoDetach": "YES",
            "WOLogFile": "-",
            "WOPidFile": str(self.base / "sogo.pid"),
            "WOWorkersCount": "2",
            "SOGoUserSources": f"({{{described}}})",
            "SOGoIMAPServer": f"imap://127.0.0.1:{self._dovecot.imap_port}",
            "SOGoMemcachedHost": f"127.0.0.1:{self._cache_port}",
            # sogod names only files that Debian's package has; nginx hands out ours under that name.
            "SOGoUIAdditionalJSFiles": "(js/theme.js)",
            "SOGoLoginModule": "Mail",
            "SOGoTimeZone": "UTC",
            "SOGoLanguage": "English",
        }

    def _site(self) -> str:
        return f"""
    include /etc/nginx/mime.types;
    location = /SOGo.woa/WebServerResources/js/theme.js {{ alias {self.base}/custom-sogo.js; }}
    location /SOGo.woa/WebServerResources/ {{ alias {_RESOURCES}/; }}
    location ^~ /SOGo/ {{
      proxy_pass http://127.0.0.1:{self._port};
      proxy_buffer_size 64k;
      proxy_buffers 8 64k;
      proxy_set_header Host $http_host;
      proxy_set_header x-webobjects-server-protocol HTTP/1.0;
      proxy_set_header x-webobjects-remote-host 127.0.0.1;
      proxy_set_header x-webobjects-server-name $server_name;
      proxy_set_header x-webobjects-server-url http://$http_host;
      proxy_set_header x-webobjects-server-port $server_port;
    }}
"""
