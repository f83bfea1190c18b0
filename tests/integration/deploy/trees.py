"""Small mailcow folders in the shapes people have them; none of mailcow's own text is in here."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

__all__ = ["OVERRIDE", "make_mailcow", "snapshot"]

COMPOSE = """services:
    unbound-mailcow:
      image: ghcr.io/mailcow/unbound:1.25
      networks:
        mailcow-network:
          ipv4_address: ${IPV4_NETWORK:-172.22.1}.254
    mysql-mailcow:
      image: mariadb:10.11
    rspamd-mailcow:
      image: ghcr.io/mailcow/rspamd:4.1.4-1
    dovecot-mailcow:
      image: ghcr.io/mailcow/dovecot:2.3.21.1-2
      networks:
        mailcow-network:
          ipv4_address: ${IPV4_NETWORK:-172.22.1}.250
    nginx-mailcow:
      image: ghcr.io/mailcow/nginx:1.30.4-1
networks:
  mailcow-network:
    driver: bridge
volumes:
  rspamd-vol-1:
"""
CONF = """# a mailcow.conf
MAILCOW_HOSTNAME=mail.example.org
DBNAME=mailcow
DBUSER=mailcow
DBPASS=dbsecret
DBROOT=rootsecret
TZ=Europe/Berlin
IPV4_NETWORK=172.22.1
# both or none
DOVECOT_MASTER_USER=
DOVECOT_MASTER_PASS=
"""
#: Somebody's own services, with comments, odd indentation and an address of ours.
OVERRIDE = """# our own additions
version: '2.1'

services:   # keep in order

    # backup runs at night
    backup-mailcow:
        image: "registry.example.org/backup:1"   # pinned
        environment: {TZ: '${TZ}'}
        networks:
            mailcow-network:
                ipv4_address: ${IPV4_NETWORK:-172.22.1}.240


    nginx-mailcow:
        ports: !reset []
# the end"""


def make_mailcow(root: Path, files: Mapping[str, str] | None = None, *, conf: str = CONF) -> Path:
    """Make a folder; `files` maps further paths to their text."""
    root.mkdir(parents=True)
    for folder in ("nginx", "dovecot", "rspamd/local.d", "rspamd/plugins.d"):
        (root / "data/conf" / folder).mkdir(parents=True)
    (root / "docker-compose.yml").write_text(COMPOSE)
    (root / "mailcow.conf").write_text(conf)
    (root / "mailcow.conf").chmod(0o600)
    (root / ".env").symlink_to("mailcow.conf")
    (root / "data/conf/rspamd/rspamd.conf.local").write_text("# rspamd.conf.local\n")
    (root / "data/conf/rspamd/local.d/metadata_exporter.conf").write_text("rules { QUARANTINE { } }\n")
    for name, text in (files or {}).items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


def snapshot(root: Path) -> dict[str, str]:
    """Return every path below with its mode and the hash of its content."""
    found = {}
    for path in sorted(root.rglob("*")):
        content = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "folder"
        found[str(path.relative_to(root))] = f"{path.lstat().st_mode:o} {content}"
    return found
