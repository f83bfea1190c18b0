"""Debian's servers that cannot be installed beside each other, unpacked into a cache and run from there.

Those of a newer Debian come with all they need, down to the C library, and run in a chroot.
`python -m tests.servers.unpacked` fetches them all, as `script/test` does.
"""

from __future__ import annotations

import fcntl
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["CACHE", "COURIER", "CYRUS", "NEWER", "Unpacked", "archives", "newer", "run", "unpacked"]

COURIER, CYRUS = "courier-imap", "cyrus-imapd"
#: The Debian that follows the one these tests are made for.
NEWER = "trixie"
#: Read when the tests begin, since each test has a home of its own. As root the servers run as another user, who may not
#: enter root's home.
_HOME_CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
CACHE = (Path("/var/cache") if os.getuid() == 0 else _HOME_CACHE) / "glassdome-tests"
#: A package that the installation would add; one in brackets is there already, in another version.
_NEW = re.compile(r"^Inst (\S+) \(", re.MULTILINE)


class Unpacked:
    """The files of a package and of what it needs, under one folder."""

    def __init__(self, root: Path) -> None:
        """`root` stands for `/`."""
        self.root = root

    def __truediv__(self, path: str) -> Path:
        """Return a file of the package."""
        return self.root / path

    @property
    def environment(self) -> dict[str, str]:
        """The environment in which its programs find their libraries."""
        folders = {str(file.parent) for top in ("usr/lib", "lib") for file in (self.root / top).rglob("lib*.so*")}
        return {"LD_LIBRARY_PATH": ":".join(sorted(folders))}


def unpacked(package: str) -> Unpacked:
    """Return the package, fetched if it is not there yet; raises RuntimeError with what apt says."""
    folder = CACHE / package
    with _alone(package):
        if not (folder / "done").exists():
            debs = folder / "debs"
            debs.mkdir(parents=True, exist_ok=True)
            run("apt-get", "download", *_needed(package), within=debs)
            for deb in sorted(debs.glob("*.deb")):
                run("dpkg", "-x", str(deb), str(folder / "root"), within=folder)
                deb.unlink()
            # Servers run as another user.
            run("chmod", "-R", "go+rX", str(folder / "root"), within=folder)
            (folder / "done").touch()
    return Unpacked(folder / "root")


def newer(*packages: str) -> Unpacked:
    """Return a root of the newer Debian with the packages, whose programs run after a chroot; raises RuntimeError."""
    name = "+".join((NEWER, *packages))
    folder = CACHE / name
    with _alone(name):
        if not (folder / "done").exists():
            root, words = folder / "root", archives(folder)
            for top in ("bin", "sbin", "lib", "lib64"):
                (root / "usr" / top).mkdir(parents=True, exist_ok=True)
                if not (root / top).is_symlink():
                    (root / top).symlink_to(f"usr/{top}")
            run("apt-get", *words, "-y", "-qq", "--download-only", "--no-install-recommends", "install", *packages)
            for deb in sorted((folder / "archives").glob("*.deb")):
                run("dpkg", "-x", str(deb), str(root))
                deb.unlink()
            (folder / "done").touch()
    return Unpacked(folder / "root")


def archives(folder: Path, suite: str = NEWER) -> list[str]:
    """Return the words that let apt know another Debian, in a state of its own, from where this machine gets its packages."""
    said = run("apt-get", "indextargets", "--format", "$(REPO_URI) $(SUITE)", "Created-By: Packages", "Origin: Debian")
    uris = [line.split()[0] for line in said.splitlines() if "security" not in line]
    if not uris:
        raise RuntimeError("apt knows no archive of Debian. Run: apt-get update")
    for part in ("state/lists/partial", "archives/partial"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    (folder / "sources.list").write_text(f"deb {uris[0]} {suite} main\n")
    options = {
        "Dir::State": folder / "state",
        "Dir::State::status": "/dev/null",
        "Dir::Cache": folder,
        "Dir::Cache::archives": folder / "archives",
        "Dir::Etc::sourcelist": folder / "sources.list",
        "Dir::Etc::sourceparts": "-",
        "APT::Sandbox::User": "root",
        "Debug::NoLocking": "1",
    }
    given = [word for name, value in options.items() for word in ("-o", f"{name}={value}")]
    run("apt-get", *given, "-qq", "update")
    return given


def _needed(package: str) -> list[str]:
    # Only asked: what the installation would remove stays.
    said = run("apt-get", "-s", "-o", "Debug::NoLocking=1", "install", "--no-install-recommends", package)
    return sorted(set(_NEW.findall(said)) | {package})


def run(*command: str, within: Path | None = None) -> str:
    """Run a command and return what it prints; raises RuntimeError with its complaint."""
    done = subprocess.run(command, cwd=within, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr[-2000:]}")
    return done.stdout


@contextmanager
def _alone(package: str) -> Iterator[None]:
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / f"{package}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    for name in (COURIER, CYRUS):
        sys.stdout.write(f"{name}: {unpacked(name).root}\n")
