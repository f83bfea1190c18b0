"""Try our files in a running container, on a copy of its configuration, before anything is placed.

mailcow's logins go through nginx and Dovecot, and its mail through Rspamd: a file that one of them refuses is an
outage at the next restart.
"""

from __future__ import annotations

import io
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

__all__ = ["TRIALS", "Trial", "packed"]

_COPY: Final = """set -e
d=$(mktemp -d)
trap 'rm -rf "$d"' EXIT
cp -R /etc/{name} "$d/{name}"
tar -xf - -C "$d/{name}"
grep -rlF /etc/{name}/ "$d/{name}" | while IFS= read -r f; do sed -i "s#/etc/{name}/#$d/{name}/#g" "$f"; done
{check}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """`prefix` is the folder of the host that the container sees as its own, at `inside` of `/etc/<name>`."""

    service: str
    name: str
    prefix: str
    inside: str
    check: str
    placed: tuple[str, ...]

    @property
    def script(self) -> str:
        """The shell script; a tar of our files goes to its standard input."""
        return _COPY.format(name=self.name, check=self.check)

    def files(self, files: Mapping[str, bytes]) -> dict[str, bytes]:
        """Return those of our files that this server reads, by their path below `/etc/<name>`."""
        found = {name: data for name, data in files.items() if name.startswith(self.prefix)}
        return {self.inside + name.removeprefix(self.prefix): data for name, data in found.items()}


TRIALS: Final = (
    Trial(
        service="nginx-mailcow",
        name="nginx",
        prefix="data/conf/nginx/",
        inside="conf.d/",
        check='nginx -t -q -c "$d/nginx/nginx.conf"',
        placed=("nginx", "-t"),
    ),
    Trial(
        service="rspamd-mailcow",
        name="rspamd",
        prefix="data/conf/rspamd/",
        inside="",
        check='rspamadm --var=CONFDIR="$d/rspamd" --var=LOCAL_CONFDIR="$d/rspamd" configtest -c "$d/rspamd/rspamd.conf"',
        placed=("rspamadm", "configtest"),
    ),
    Trial(
        service="dovecot-mailcow",
        name="dovecot",
        prefix="data/conf/dovecot/",
        inside="",
        check='doveconf -n -c "$d/dovecot/dovecot.conf" >/dev/null',
        placed=("doveconf", "-n"),
    ),
)


def packed(files: Mapping[str, bytes]) -> bytes:
    """Return a tar of the files, the same bytes each time."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for name in sorted(files):
            member = tarfile.TarInfo(name)
            member.size, member.mode = len(files[name]), 0o644
            archive.addfile(member, io.BytesIO(files[name]))
    return stream.getvalue()
