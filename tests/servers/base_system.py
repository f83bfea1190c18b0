"""Debian 12 with Python, made by debootstrap: the base of the tests' images where no registry is asked.

It reaches packages the way this machine does: its certificates, proxies and pip settings are in the base, and so in
nothing of the project.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
from pathlib import Path

__all__ = ["BaseSystem", "debian_mirror"]

_SUITE = "bookworm"
_INCLUDED = "python3,python3-venv,ca-certificates,curl"
_KEPT = re.compile(r"PIP_(?!FIND_LINKS)|SSL_CERT_FILE|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|(?i:(http|https|no)_proxy)$")
_CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
_PIP = Path("/etc/pip.conf")
#: As in Debian's own container images: apt keeps no caches.
_LEAN = 'Dir::Cache::pkgcache "";\nDir::Cache::srcpkgcache "";\nAPT::Install-Recommends "false";\n'


class BaseSystem:
    """The content of the base system."""

    @property
    def variables(self) -> dict[str, str]:
        """The environment by which this machine reaches packages."""
        return {name: value for name, value in sorted(os.environ.items()) if _KEPT.match(name)}

    @property
    def recipe(self) -> str:
        """Everything that makes one base differ from another."""
        certificates = hashlib.sha256(_CERTIFICATES.read_bytes() if _CERTIFICATES.exists() else b"").hexdigest()
        pip = _PIP.read_text() if _PIP.exists() else ""
        return f"{_SUITE} {_INCLUDED} {_LEAN} {self.variables} {certificates} {pip} {_apt_settings()}"

    def make(self, folder: Path) -> None:
        """Make it in an empty folder; raises RuntimeError with what debootstrap says."""
        command = ["debootstrap", "--variant=minbase", f"--include={_INCLUDED}", _SUITE, str(folder), debian_mirror()]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{' '.join(command)}: {(done.stdout + done.stderr)[-1000:]}")
        for file in [*folder.glob("var/cache/apt/**/*.*"), *folder.glob("var/lib/apt/lists/*_*")]:
            file.unlink()
        (folder / "etc/apt/apt.conf.d/90-tests").write_text(_LEAN + _apt_settings())
        for file in filter(Path.exists, (_PIP, _CERTIFICATES)):
            (folder / file.relative_to("/")).write_bytes(file.read_bytes())


def debian_mirror() -> str:
    """Return Debian's mirror as this machine names it."""
    command = ["apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages", "Origin: Debian"]
    found = subprocess.run(command, capture_output=True, text=True, check=False).stdout.split()
    return next((uri for uri in found if "security" not in uri), "http://deb.debian.org/debian")


def _apt_settings() -> str:
    done = subprocess.run(["apt-config", "dump"], capture_output=True, text=True, check=False)
    return "".join(f"{line}\n" for line in done.stdout.splitlines() if re.match("Acquire::(http|https|Retries)", line))
