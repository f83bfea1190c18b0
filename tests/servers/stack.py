"""deploy/compose.yml as it ships, started for real beside a Dovecot, a MariaDB and a stand-in for Ollama."""

from __future__ import annotations

import json
import shutil
import smtplib
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import httpx

from tests.servers.certificates import SERVER_NAME, make_certificates
from tests.servers.debian_suites import compose_of
from tests.servers.engine import Engine
from tests.servers.process import free_port

__all__ = ["IMAGE", "KEY", "SOURCE", "Stack", "until"]

SOURCE = Path(__file__).resolve().parents[2]
IMAGE = "glassdome:tests"
#: The seed's own key, so that its curl lines run as they stand.
KEY = "your-api-key"
_FILES = SOURCE / "tests" / "servers" / "containers"
_COPIED = ("deploy", "glassdome", "requirements", "pyproject.toml", "README.md", "LICENSE", ".dockerignore")
_UNWANTED = shutil.ignore_patterns("__pycache__", "*.pyc", ".env")
_Found = TypeVar("_Found")


def until(seen: Callable[[], _Found], *, seconds: float = 180.0) -> _Found:
    """Return what `seen` returns as soon as it is true; raises TimeoutError with the last that it was."""
    deadline = time.monotonic() + seconds
    while not (found := seen()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"still {found!r} after {seconds} s")
        time.sleep(0.2)
    return found


class Stack:
    """The project in a folder of its own, with its settings; nothing runs before `up`."""

    def __init__(self, engine: Engine, folder: Path, mailboxes: dict[str, str], **settings: str) -> None:
        """`mailboxes` are addresses with their passwords; `settings` go into deploy/.env."""
        self.engine, self.folder, self.port = engine, folder, free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        _copy_source(folder)
        _copy_servers(folder / "deploy")
        variables = {
            "BASE": engine.base(), "SERVERS_IMAGE": servers_image(engine), "PORT": str(self.port),
            "GLASSDOME_IMAGE": IMAGE, "OLLAMA_IMAGE": IMAGE, "OLLAMA_HOST": "ollama:11434",
            "GLASSDOME_IMAP_HOST": SERVER_NAME, "GLASSDOME_CA_FILE": "/etc/glassdome/ca.pem",
            "GLASSDOME_MAILBOXES": ",".join(f"{name}:{password}" for name, password in mailboxes.items()),
            "GLASSDOME_API_KEYS": f"{KEY}:rw", "GLASSDOME_API_RATE_PER_MINUTE": "100000",
            "GLASSDOME_DATABASE_URL": "mysql://glassdome:pw-of-tests@database:3306/glassdome",
        } | settings  # fmt: skip
        self.settings = folder / "deploy" / ".env"
        self.settings.write_text("".join(f"{name}={value}\n" for name, value in variables.items()))
        self._client = httpx.Client(base_url=self.url, headers={"X-API-Key": KEY}, timeout=30)

    @property
    def files(self) -> list[str]:
        """The arguments that name the project to Compose."""
        deploy = self.folder / "deploy"
        return ["-f", str(deploy / "compose.yml"), "-f", str(deploy / "compose.tests.yml")]

    @property
    def program(self) -> Path:
        """The docker-compose that is used."""
        return compose_of("trixie")

    def image_id(self) -> str:
        """Return which image the name stands for now."""
        return self.engine.docker("inspect", "-f", "{{.Id}}", IMAGE).strip()

    def compose(self, *arguments: str, given: str | None = None) -> str:
        """Run docker-compose on the project."""
        return self.engine.compose(*self.files, *arguments, given=given)

    def build(self) -> None:
        """Build the image as `docker-compose build` does."""
        self.compose("build", "llm-processor")

    def up(self, *arguments: str) -> None:
        """Start everything, the model server too, and wait until the service answers that it is well."""
        self.compose("--profile", "llm", "up", "-d", *arguments)
        until(self.healthy)

    def healthy(self) -> bool:
        """Return whether the service, its database, its mail server and its model are well."""
        try:
            return bool(self._client.get("/health").json()["status"] == "healthy")
        except (httpx.HTTPError, ValueError):
            return False

    def get(self, path: str, **query: Any) -> Any:
        """GET a path of the REST API and return its JSON."""
        return self._client.get(f"/api/v1/get/llm/{path}", params=query).raise_for_status().json()

    def judged(self, mailbox: str) -> list[dict[str, Any]]:
        """Return the analyses of a mailbox."""
        found: list[dict[str, Any]] = self.get("analysis", mailbox=mailbox, limit=500)
        return found

    def deliver(self, mailbox: str, *mails: bytes) -> None:
        """Deliver mails by LMTP, as a mail server does."""
        with smtplib.LMTP(self.address("mail"), 24) as peer:
            for raw in mails:
                peer.sendmail("sender@elsewhere.test", [mailbox], raw)

    def containers(self, service: str) -> list[dict[str, Any]]:
        """Return what the engine knows of each container of a service."""
        ids = self.compose("--profile", "*", "ps", "-aq", service).split()
        return [] if not ids else list(json.loads(self.engine.docker("inspect", *ids)))

    def address(self, service: str) -> str:
        """Return the IP address of a service's first container."""
        networks = self.containers(service)[0]["NetworkSettings"]["Networks"]
        return str(next(iter(networks.values()))["IPAddress"])

    def down(self, *arguments: str) -> None:
        """Remove the containers; the volumes stay, unless it is said otherwise."""
        self.compose("--profile", "*", "down", "-t", "30", *arguments)

    def close(self) -> None:
        """Remove everything, the folder too."""
        self._client.close()
        self.down("-v")
        shutil.rmtree(self.folder, ignore_errors=True)


def servers_image(engine: Engine) -> str:
    """Return an image with MariaDB and Dovecot; made at the first time."""
    return engine.derived("servers", f"FROM {engine.base()}\n{(_FILES / 'servers.Dockerfile').read_text()}")


def _copy_source(folder: Path) -> None:
    for name in _COPIED:
        source = SOURCE / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=_UNWANTED)
        else:
            shutil.copy(source, folder / name)


def _copy_servers(deploy: Path) -> None:
    servers, stand_in = deploy / "servers", deploy / "stand-in"
    servers.mkdir()
    shutil.copy(make_certificates(servers).ca, deploy)
    for name in ("dovecot.conf", "schema.sql"):
        shutil.copy(_FILES / name, servers)
    shutil.copy(_FILES / "compose.tests.yml", deploy)
    shutil.copytree(SOURCE / "tests" / "servers", stand_in / "tests" / "servers", ignore=_UNWANTED)
    (stand_in / "tests" / "__init__.py").touch()
    for name in ("stand_in.py", "ollama"):
        shutil.copy(_FILES / name, stand_in)
