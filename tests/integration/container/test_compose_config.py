"""The seeds' GPU block and an external Ollama, as read by the Compose of Debian 13 and by a newer one."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from glassdome.deploy.options import Options
from glassdome.deploy.place import plan_install
from tests.integration.deploy.trees import make_mailcow
from tests.servers.debian_suites import SUITES, compose_of
from tests.servers.stack import SOURCE

pytestmark = [pytest.mark.timeout(600)]

GPU = {"driver": "nvidia", "count": -1, "capabilities": ["gpu"]}


@pytest.fixture(params=SUITES)
def compose(request: pytest.FixtureRequest) -> Path:
    """One Compose."""
    return compose_of(request.param)


def test_the_versions() -> None:
    """Debian 13's is 2.26; the other is newer."""
    told = [subprocess.run([compose_of(suite), "version", "--short"], capture_output=True, text=True).stdout
            for suite in SUITES]  # fmt: skip
    first, second = ([int(part) for part in re.findall(r"\d+", version)[:2]] for version in told)

    assert [2, 26] == first < second


def read(compose: Path, file: Path, *profiles: str) -> dict[str, Any]:
    """Return the services that this Compose makes of the file."""
    chosen = [word for profile in profiles for word in ("--profile", profile)]
    done = subprocess.run([compose, "-f", file, *chosen, "config"], capture_output=True, text=True, check=False)
    assert 0 == done.returncode, done.stderr
    assert "" == done.stderr
    services: dict[str, Any] = yaml.safe_load(done.stdout)["services"]
    return services


def deploy(folder: Path, *, gpu: bool, settings: str = "") -> Path:
    """Copy what ships, with the settings of the example; the GPU lines count only where they are wanted."""
    shutil.copytree(SOURCE / "deploy", folder / "deploy", ignore=shutil.ignore_patterns("mailcow", ".env"))
    example = (folder / "deploy" / ".env.example").read_text()
    (folder / "deploy" / ".env").write_text(example + settings)
    file = folder / "deploy" / "compose.yml"
    if gpu:
        start = file.read_text().index("    # deploy:")
        head, tail = file.read_text()[:start], file.read_text()[start:]
        block, healthcheck, rest = tail.partition("    healthcheck:")
        file.write_text(head + block.replace("    # ", "    ") + healthcheck + rest)
    return file


@pytest.mark.parametrize("gpu", [True, False])
def test_gpu_lines(compose: Path, tmp_path: Path, gpu: bool) -> None:
    """With the lines Ollama asks for every NVIDIA card; without them for none, as in the seed."""
    services = read(compose, deploy(tmp_path, gpu=gpu), "llm", "workers")

    assert {"llm-processor", "llm-worker", "ollama"} == set(services)
    reservations = services["ollama"].get("deploy", {}).get("resources", {}).get("reservations", {})
    assert reservations.get("devices") == ([GPU] if gpu else None)


def test_an_external_ollama(compose: Path, tmp_path: Path) -> None:
    """Without the profile nothing of Ollama is started, and the service is told where the other one is."""
    services = read(compose, deploy(tmp_path, gpu=False, settings="OLLAMA_HOST=https://gpu.example.org:11434\n"))

    assert {"llm-processor"} == set(services)
    assert "https://gpu.example.org:11434" == services["llm-processor"]["environment"]["OLLAMA_HOST"]


@pytest.mark.parametrize(
    "options",
    [Options(), Options(gpu=True), Options(ollama=False), Options(agent=True)],
    ids=["cpu", "gpu", "none", "agent"],
)
def test_mailcows_file(compose: Path, tmp_path: Path, options: Options) -> None:
    """Compose accepts the installer's file with mailcow's own, with the chosen cards and services."""
    root = make_mailcow(tmp_path / "mailcow")
    for change in plan_install(root, options=options).changes:
        if change.name in ("docker-compose.override.yml", "mailcow.conf"):
            (root / change.name).write_bytes(change.then or b"")
    command = [compose, "--project-directory", root, "--env-file", root / "mailcow.conf", "--profile", "*", "config"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert 0 == done.returncode, done.stderr
    services = yaml.safe_load(done.stdout)["services"]

    assert ("ollama-mailcow" in services) is options.ollama
    assert ("llm-agent-mailcow" in services) is options.agent
    cards = services.get("ollama-mailcow", {}).get("deploy", {}).get("resources", {}).get("reservations", {})
    assert cards.get("devices") == ([GPU] if options.gpu else None)
