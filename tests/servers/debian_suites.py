"""Compose as newer Debian suites ship it: Debian 12 has none that reads today's files, and a Go program runs on any."""

from __future__ import annotations

import fcntl
import shutil
import sys
from pathlib import Path

from tests.servers.unpacked import CACHE, archives, run

__all__ = ["SUITES", "compose_of"]

#: Debian 13 has 2.26; unstable has what is new.
SUITES = ("trixie", "sid")
_PROGRAM = "root/usr/libexec/docker/cli-plugins/docker-compose"


def compose_of(suite: str) -> Path:
    """Return the suite's docker-compose, fetched if it is not there yet; raises RuntimeError with what apt says."""
    folder = CACHE / f"compose-{suite}"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / _PROGRAM).exists():
            run("apt-get", *archives(folder, suite), "download", "docker-compose", within=folder)
            (deb,) = folder.glob("*.deb")
            run("dpkg", "-x", str(deb), "root", within=folder)
            for left in (deb, *folder.glob("*.bin")):
                left.unlink()
            shutil.rmtree(folder / "state")
    return folder / _PROGRAM


if __name__ == "__main__":
    for name in SUITES:
        sys.stdout.write(f"Compose of {name}: {compose_of(name)}\n")
