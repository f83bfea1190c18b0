"""Run compose and the container engine, by the names they have on this host."""

from __future__ import annotations

import shlex
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from glassdome.core.errors import ConfigError, PeerRefused

__all__ = ["ContainerEngine", "ShellCommand", "engine_of", "run", "run_shown"]

#: Seconds for building an image or pulling one.
_PATIENCE: Final = 1800


#: What the engine itself says, in lower case, where no container was asked at all; what that means, and what to do.
_ENGINE_FAULTS: Final = (
    ("cannot connect to the docker daemon", "Docker does not run.", "Start it: systemctl start docker"),
    ("failed to connect to the docker api", "Docker does not run.", "Start it: systemctl start docker"),
    ("cannot connect to podman", "Podman does not run.", "Start it: systemctl start podman.socket"),
    ("permission denied while trying to connect to the docker", "Docker refuses this user.", "Run this as root."),
    ("unknown command: docker compose", "Docker has no Compose.", "Install Docker's Compose plugin."),
    ("is not a docker command", "Docker has no Compose.", "Install Docker's Compose plugin."),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShellCommand:
    """One command; `why` is for people, `feed` goes to its standard input, `typed` is how a person would do the same."""

    why: str
    argv: tuple[str, ...]
    feed: str | bytes = ""
    typed: str = ""

    @property
    def line(self) -> str:
        """As one would type it; no secret is in it."""
        return self.typed or shlex.join(self.argv)


@dataclass(frozen=True, slots=True)
class ContainerEngine:
    """The commands for compose and for building an image on this host."""

    compose_argv: tuple[str, ...] = ("docker", "compose")
    build: tuple[str, ...] = ("docker", "build")

    def compose(self, why: str, *arguments: str, feed: str | bytes = "", typed: str = "") -> ShellCommand:
        """Return a command of compose."""
        return ShellCommand(why=why, argv=(*self.compose_argv, *arguments), feed=feed, typed=typed)


def engine_of(conf: Mapping[str, str]) -> ContainerEngine:
    """Return how mailcow calls compose: DOCKER_COMPOSE_VERSION in mailcow.conf says it, else the installed one."""
    if conf.get("DOCKER_COMPOSE_VERSION") == "standalone":
        return ContainerEngine(compose_argv=("docker-compose",))
    if shutil.which("docker") is None and shutil.which("podman-compose"):
        return ContainerEngine(compose_argv=("podman-compose",), build=("podman", "build"))
    return ContainerEngine()


def run(command: ShellCommand, *, folder: Path) -> None:
    """Run it in mailcow's folder; raises ConfigError where Docker cannot be used, PeerRefused when it fails."""
    try:
        done = subprocess.run(  # noqa: S603 - the commands above, whose every part is ours or was checked
            command.argv,
            cwd=folder,
            input=command.feed if isinstance(command.feed, bytes) else command.feed.encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=_PATIENCE,
            check=False,
        )
    except FileNotFoundError as exc:
        raise ConfigError(
            "Docker was not found.", fix="Run this on mailcow's host, or run the commands there."
        ) from exc
    except subprocess.TimeoutExpired as exc:
        raise PeerRefused(f"`{command.line}` did not end in {_PATIENCE} seconds.") from exc
    if done.returncode:
        tail = done.stdout.decode("utf-8", "replace").strip()[-800:]
        if known := next((pair for words, *pair in _ENGINE_FAULTS if words in tail.lower()), None):
            raise ConfigError(known[0], fix=known[1])
        raise PeerRefused(f"Could not {command.why}: `{command.line}` ended with status {done.returncode}. {tail}")


def run_shown(command: ShellCommand, *, folder: Path) -> None:
    """Run it at this terminal, which shows what it says; raises PeerRefused when it fails."""
    done = subprocess.run(command.argv, cwd=folder, check=False)  # noqa: S603 - as above
    if done.returncode:
        raise PeerRefused(f"Could not {command.why}: `{command.line}` ended with status {done.returncode}.")
