"""Stand-ins for mailcow's containers: this machine's nginx, Rspamd and Dovecot with mailcow's folders mounted."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from tests.servers.unpacked import newer

__all__ = ["DOVECOT_CONF", "NEWER_DOVECOT_CONF", "Containers", "make_containers"]

#: Runs what is asked of a container in a mount namespace of its own, with mailcow's folders where the image has them.
#: A Dovecot of a newer Debian has a root of its own.
_DOCKER: Final = """#!/bin/sh
[ "$2" = exec ] || exit 0
service=$4; shift 4
exec unshare --mount --propagation private sh -c '
  for name in nginx rspamd dovecot; do mount --bind "$CONTAINERS/$name" /etc/$name || exit 9; done
  mount --bind "$MAILCOW/data/conf/nginx" /etc/nginx/conf.d
  mount --bind "$CONTAINERS/hosts" /etc/hosts
  [ "$0" = dovecot-mailcow ] && [ -n "$NEWER_DOVECOT" ] || exec "$@"
  mkdir -p "$NEWER_DOVECOT/etc/dovecot" "$NEWER_DOVECOT/dev" "$NEWER_DOVECOT/tmp"
  mount --rbind /dev "$NEWER_DOVECOT/dev"
  mount -t tmpfs tmpfs "$NEWER_DOVECOT/tmp"
  mount --bind "$CONTAINERS/dovecot" "$NEWER_DOVECOT/etc/dovecot"
  exec chroot "$NEWER_DOVECOT" "$@"' "$service" "$@"
"""
_NGINX: Final = """
events {}
http {
  server {
    listen 127.0.0.1:1;
    location ~ ^/api/v1/(.*)$ { return 204; }
    include /etc/nginx/conf.d/site.*.custom;
  }
}
"""
DOVECOT_CONF: Final = "protocols = lmtp\nssl = no\nmail_location = maildir:~/m\n!include_try /etc/dovecot/extra.conf\n"
NEWER_DOVECOT_CONF: Final = (
    "dovecot_config_version = 2.4.1\ndovecot_storage_version = 2.4.1\nprotocols {\n  lmtp = yes\n}\nssl = no\n"
    "mail_driver = maildir\nmail_path = ~/m\n!include_try /etc/dovecot/extra.conf\n"
)
_NEWER_PACKAGES: Final = ("dovecot-core", "dovecot-lmtpd", "coreutils", "dash", "tar", "grep", "sed")
_TESTS: Final = {
    "nginx": ("nginx", "-t"),
    "rspamd": ("rspamadm", "configtest"),
    "dovecot": ("doveconf", "-n"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Containers:
    """`folder` holds `/etc/nginx`, `/etc/rspamd` and `/etc/dovecot` of the images."""

    mailcow: Path
    folder: Path

    def refused(self) -> dict[str, str]:
        """Return each server that refuses the configuration with the files that lie in mailcow's folder, and its words."""
        for name in ("rspamd", "dovecot"):
            shutil.copytree(self.mailcow / "data/conf" / name, self.folder / name, dirs_exist_ok=True)
        return {name: said for name, command in _TESTS.items() if (said := self._said(name, *command))}

    def _said(self, name: str, *command: str) -> str:
        done = subprocess.run(
            ["docker", "compose", "exec", "-T", f"{name}-mailcow", *command],
            capture_output=True,
            text=True,
            check=False,
        )
        return (done.stdout + done.stderr)[-2000:] if done.returncode else ""


def make_containers(
    root: Path, beside: Path, monkeypatch: pytest.MonkeyPatch, *, newer_dovecot: bool = False
) -> Containers:
    """Make the images' folders beside a mailcow folder, and a `docker` on the path that enters them."""
    containers = beside / "containers"
    dovecot = NEWER_DOVECOT_CONF if newer_dovecot else DOVECOT_CONF
    shutil.copytree("/etc/rspamd", containers / "rspamd")
    for name, text in (("nginx/nginx.conf", _NGINX), ("dovecot/dovecot.conf", dovecot)):
        (containers / name).parent.mkdir()
        (containers / name).write_text(text)
    (containers / "nginx/conf.d").mkdir()
    (containers / "hosts").write_text("127.0.0.1 localhost phpfpm\n")
    shutil.copy("/etc/nginx/fastcgi_params", containers / "nginx")
    program = beside / "bin/docker"
    program.parent.mkdir()
    program.write_text(_DOCKER)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    monkeypatch.setenv("CONTAINERS", str(containers))
    monkeypatch.setenv("MAILCOW", str(root))
    monkeypatch.setenv("NEWER_DOVECOT", str(newer(*_NEWER_PACKAGES).root) if newer_dovecot else "")
    return Containers(mailcow=root, folder=containers)
