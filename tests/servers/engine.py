"""A container engine of the tests' own: its own data, its own socket, gone with the tests however they end."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers.base_system import BaseSystem
from tests.servers.debian_suites import compose_of
from tests.servers.unpacked import CACHE

__all__ = ["Engine", "running_engine", "why_none"]

_PATH = f"{os.environ['PATH']}:/usr/sbin:/sbin"
_PROGRAMS = ("dockerd", "docker", "iptables", "debootstrap")
#: Standard input ends with the tests: then every container and network goes, and the engine with them.
_KEEPER = """
dockerd "$@" &
engine=$!
cat > /dev/null
docker ps -aq | xargs -r docker rm -fv > /dev/null
docker volume prune -f > /dev/null
docker network prune -f > /dev/null
docker image prune -f > /dev/null
kill $engine
wait $engine
umount "$HOME"/exec/netns/* 2> /dev/null
"""
_START_SECONDS = 60.0


def why_none() -> str:
    """Return why no engine can run here; empty where one can."""
    if os.getuid() != 0:
        return "the engine needs root"
    if missing := [name for name in _PROGRAMS if shutil.which(name, path=_PATH) is None]:
        return f"not installed: {', '.join(missing)} (Debian's docker.io, iptables, debootstrap)"
    for command in (["unshare", "--mount", "--net", "true"], ["iptables", "-w", "-t", "nat", "-L", "-n"]):
        done = subprocess.run(command, capture_output=True, text=True, check=False, env={"PATH": _PATH})
        if done.returncode:
            return f"{' '.join(command)}: {done.stderr.strip()[-200:]}"
    return ""


class Engine:
    """A running engine; `docker` and `compose` speak to it."""

    def __init__(self, folder: Path) -> None:
        """`folder` must be short (socket paths)."""
        self.folder = folder
        self.environment = {
            "PATH": _PATH,
            "HOME": str(folder),
            "DOCKER_HOST": f"unix://{folder}/docker.sock",
            "DOCKER_CONFIG": str(folder / "config"),
            "COMPOSE_ANSI": "never",
            "COMPOSE_PROGRESS": "plain",
        }

    def docker(self, *arguments: str, given: str | None = None) -> str:
        """Run docker and return what it prints; raises RuntimeError with its complaint."""
        return self.run("docker", *arguments, given=given)

    def compose(self, *arguments: str, given: str | None = None, suite: str = "trixie") -> str:
        """Run the Compose of a Debian suite and return what it prints."""
        return self.run(str(compose_of(suite)), *arguments, given=given)

    def run(self, *command: str, given: str | None = None) -> str:
        """Run any client of the engine."""
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, env=self.environment, input=given or ""
        )
        if done.returncode:
            raise RuntimeError(f"{' '.join(command)}: {(done.stdout + done.stderr)[-3000:]}")
        return done.stdout

    def has(self, image: str) -> bool:
        """Return whether the image is there."""
        return bool(self.docker("images", "-q", image).strip())

    def base(self) -> str:
        """Return the image of Debian 12 with Python that ours is built on; made at the first time."""
        image = f"glassdome-base:{hashlib.sha256(BaseSystem().recipe.encode()).hexdigest()[:12]}"
        if not self.has(image):
            self._import_base(image)
        return image

    def derived(self, name: str, dockerfile: str, context: Path | None = None) -> str:
        """Return an image built of this Dockerfile and of the files in a folder."""
        image = f"glassdome-{name}:tests"
        command = ["build", "--network", "host", "-t", image]
        if context is None:
            self.docker(*command, "-", given=dockerfile)
        else:
            (context / "Dockerfile").write_text(dockerfile)
            self.docker(*command, str(context))
        return image

    def _import_base(self, image: str) -> None:
        with tempfile.TemporaryDirectory(dir=CACHE) as folder:
            system = BaseSystem()
            system.make(Path(folder) / "base")
            changes = [
                word for name, value in system.variables.items() for word in ("--change", f'ENV {name}="{value}"')
            ]
            with subprocess.Popen(["tar", "-C", f"{folder}/base", "-c", "."], stdout=subprocess.PIPE) as packed:
                subprocess.run(
                    ["docker", "import", *changes, "-", image], stdin=packed.stdout, check=True, env=self.environment,
                    capture_output=True,
                )  # fmt: skip

    def wait(self, said: Path) -> None:
        """Wait until it answers, and remove what an earlier session may have left."""
        deadline = time.monotonic() + _START_SECONDS
        while subprocess.run(["docker", "version"], capture_output=True, check=False, env=self.environment).returncode:
            if time.monotonic() > deadline:
                raise RuntimeError(f"the engine does not start: {said.read_text(errors='replace')[-2000:]}")
            time.sleep(0.1)
        if left := self.docker("ps", "-aq").split():
            self.docker("rm", "-fv", *left)
        self.docker("volume", "prune", "-f")


@contextmanager
def running_engine() -> Iterator[Engine]:
    """Run an engine until the end of the block. One at a time uses the data kept between sessions; others wait."""
    if reason := why_none():
        raise RuntimeError(f"no container engine can run here: {reason}")
    folder = Path(tempfile.mkdtemp(prefix="gd", dir="/tmp"))
    folder.chmod(0o755)
    engine = Engine(folder)
    data = CACHE / "engine"
    data.mkdir(parents=True, exist_ok=True)
    (folder / "daemon.json").write_text("{}")
    options = {
        "data-root": data, "exec-root": folder / "exec", "pidfile": folder / "pid", "config-file": folder / "daemon.json",
        "host": engine.environment["DOCKER_HOST"], "bridge": "none", "log-level": "warn", "shutdown-timeout": "5",
    }  # fmt: skip
    said = folder / "log"
    with (CACHE / "engine.lock").open("w") as lock, said.open("wb") as output:
        fcntl.flock(lock, fcntl.LOCK_EX)
        # The keeper holds the lock too: whoever comes next finds no engine on the data.
        keeper = subprocess.Popen(
            ["bash", "-c", _KEEPER, "-", *(f"--{name}={value}" for name, value in options.items())],
            stdin=subprocess.PIPE, stdout=output, stderr=output, env=engine.environment, start_new_session=True,
            pass_fds=[lock.fileno()],
        )  # fmt: skip
        assert keeper.stdin is not None
        try:
            engine.wait(said)
            yield engine
        finally:
            keeper.stdin.close()
            keeper.wait(120)
    shutil.rmtree(folder, ignore_errors=True)
