"""Debian's Roundcube with our plugin: PHP-FPM and nginx on loopback, a database in a file, a tree of links around it."""

from __future__ import annotations

import os
import shutil
import sqlite3
from pathlib import Path

from tests.servers.dovecot import Dovecot
from tests.servers.nginx import Nginx
from tests.servers.process import ServerProcess, free_port, server_environment

__all__ = ["Roundcube"]

_DEBIAN = Path("/usr/share/roundcube")
_CLIENTS = Path(__file__).resolve().parents[2] / "clients" / "roundcube"


class Roundcube:
    """One instance that reads mail from `dovecot` and asks the service at `api` for verdicts."""

    def __init__(self, base: Path, dovecot: Dovecot, api: str) -> None:
        """`base` must not exist yet; `api` is an address without a path."""
        self.base, self._dovecot, self._api, self._port = base, dovecot, api, free_port()
        self._tree = base / "roundcube"
        self._nginx = Nginx(base / "nginx", self._site())
        self._php: ServerProcess | None = None

    @property
    def url(self) -> str:
        """Its address."""
        return self._nginx.url

    def start(self) -> None:
        """Make the tree and start both servers."""
        self._make_tree()
        pool = self.base / "fpm.conf"
        pool.write_text(self._pool())
        if os.getuid() == 0:
            for file in (self.base, *self.base.rglob("*")):
                os.chown(file, self._dovecot.uid, self._dovecot.gid, follow_symlinks=False)
        command = [str(max(Path("/usr/sbin").glob("php-fpm*"))), "-F", "-y", str(pool)]
        self._php = ServerProcess(command, output=self.base / "output", env=server_environment())
        self._php.wait_for_banner(self._port, b"")
        self._nginx.start()

    def stop(self) -> None:
        """Kill both."""
        self._nginx.stop()
        if self._php is not None:
            self._php.stop()

    def stored_preferences(self) -> str:
        """Return the preferences of all users as they lie in the database."""
        with sqlite3.connect(self._tree / "db") as database:
            return "".join(row[0] or "" for row in database.execute("SELECT preferences FROM users"))

    def log(self) -> str:
        """Return what Roundcube and PHP complain of."""
        return "".join(file.read_text(errors="replace") for file in sorted((self._tree / "logs").iterdir()))

    def _make_tree(self) -> None:
        for name in ("logs", "temp", "plugins", "config"):
            (self._tree / name).mkdir(parents=True)
        for name in ("program", "SQL", "skins", "index.php"):
            (self._tree / name).symlink_to(_DEBIAN / name)
        for name in ("filesystem_attachments", "jqueryui"):
            (self._tree / "plugins" / name).symlink_to(_DEBIAN / "plugins" / name)
        shutil.copytree(_CLIENTS / "glassdome", self._tree / "plugins" / "glassdome")
        plugin_config = f"<?php\n$config['glassdome_url'] = '{self._api}';\n"
        (self._tree / "plugins" / "glassdome" / "config.inc.php").write_text(plugin_config)
        (self._tree / "config" / "defaults.inc.php").symlink_to("/etc/roundcube/defaults.inc.php")
        (self._tree / "config" / "mimetypes.php").symlink_to("/etc/roundcube/mimetypes.php")
        (self._tree / "config" / "config.inc.php").write_text(self._configuration())
        (self.base / "prepend.php").write_text(f"<?php define('INSTALL_PATH', '{self._tree}/');\n")
        with sqlite3.connect(self._tree / "db") as database:
            database.executescript((_DEBIAN / "SQL" / "sqlite.initial.sql").read_text())

    def _configuration(self) -> str:
        return f"""<?php
$config['db_dsnw'] = 'sqlite:///{self._tree}/db?mode=0640';
$config['imap_host'] = '127.0.0.1:{self._dovecot.imap_port}';
$config['smtp_host'] = '127.0.0.1:9';
$config['des_key'] = 'key-of-tests-24-letters!';
$config['plugins'] = ['glassdome'];
$config['skin'] = 'elastic';
$config['language'] = 'en_US';
$config['log_dir'] = '{self._tree}/logs';
$config['temp_dir'] = '{self._tree}/temp';
$config['enable_spellcheck'] = false;
"""

    def _pool(self) -> str:
        user = f"user = {self._dovecot.user}\ngroup = {self._dovecot.group}\n" if os.getuid() == 0 else ""
        return f"""[global]
error_log = {self.base}/php.log
daemonize = no
[www]
{user}listen = 127.0.0.1:{self._port}
pm = static
pm.max_children = 3
php_admin_value[auto_prepend_file] = {self.base}/prepend.php
php_admin_value[error_log] = {self._tree}/logs/php
php_admin_flag[log_errors] = on
"""

    def _site(self) -> str:
        return f"""
    location / {{ root {self._tree}; index index.php; }}
    location ~ \\.php$ {{
      root {self._tree};
      include /etc/nginx/fastcgi_params;
      fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;
      fastcgi_pass 127.0.0.1:{self._port};
    }}
    include /etc/nginx/mime.types;
"""
