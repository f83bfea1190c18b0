"""nginx, Rspamd and Dovecot, the real programs, try our files on a copy of their configuration."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from glassdome.cli.app import app
from tests.integration.deploy.containers import make_containers
from tests.integration.deploy.trees import make_mailcow, snapshot

BROKEN = {
    "nginx": ("data/conf/nginx/site.theirs.custom", "location = /api/v1/get/llm/health { return 204; }\n", "duplicate"),
    "rspamd": ("data/conf/rspamd/rspamd.conf.local", "section {\n", "rspamd.conf.local"),
    "dovecot": ("data/conf/dovecot/extra.conf", "protocol lmtp {\n", "extra.conf"),
}

pytestmark = pytest.mark.skipif(os.getuid() != 0, reason="mount namespaces need root")


@pytest.fixture
def mailcow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A mailcow folder whose containers are this machine's programs."""
    root = make_mailcow(tmp_path / "mailcow")
    make_containers(root, tmp_path, monkeypatch)
    return root


def check(root: Path, *, code: int) -> str:
    """Run the check, which may change nothing."""
    before = snapshot(root)
    result = CliRunner(env={"COLUMNS": "300"}).invoke(app, ["mailcow", "install", str(root), "--check"])
    assert code == result.exit_code, result.output
    assert before == snapshot(root)
    return " ".join(result.output.split())


def test_the_servers_accept_our_files(mailcow: Path) -> None:
    """Each says so before anything is placed."""
    said = check(mailcow, code=0)

    assert all(f"ok try our files in {name}-mailcow" in said for name in ("nginx", "rspamd", "dovecot"))


@pytest.mark.parametrize("name", BROKEN)
def test_a_server_that_would_not_start(mailcow: Path, name: str) -> None:
    """A file of the administrator that does not go with ours is named, by the server itself."""
    path, text, word = BROKEN[name]
    (mailcow / path).write_text(text)

    said = check(mailcow, code=1)

    assert f"FAIL Could not try our files in {name}-mailcow" in said
    assert word in said.partition("FAIL")[2]
    before = snapshot(mailcow)
    result = CliRunner().invoke(app, ["mailcow", "install", str(mailcow), "--restart", "--image", "x"])
    assert 1 == result.exit_code
    assert before == snapshot(mailcow)


@pytest.mark.parametrize(
    ("words", "what", "fix"),
    [
        (
            "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?",
            "Docker does not run.",
            "Start it: systemctl start docker",
        ),
        ("docker: unknown command: docker compose", "Docker has no Compose.", "Install Docker's Compose plugin."),
    ],
)
def test_a_stopped_engine_is_told_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: str, what: str, fix: str
) -> None:
    """Nothing can be tried in containers then: one finding says so, with what to start."""
    said = check(_with_docker(tmp_path, monkeypatch, words), code=1)

    assert 1 == said.count("FAIL")
    assert f"FAIL {what} Nothing could be tried in mailcow's containers. {fix}" in said


def test_a_stopped_mailcow_is_to_be_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A container that is down is no fault of a file."""
    said = check(_with_docker(tmp_path, monkeypatch, 'service "nginx-mailcow" is not running'), code=1)

    assert "Start mailcow: docker compose up -d" in said
    assert "Correct the file" not in said


def test_a_line_of_mailcow_conf_that_hides_the_file_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever edits config.yml would see no effect."""
    root = _with_docker(tmp_path, monkeypatch, "x")
    (root / "data/conf/llm").mkdir(parents=True, exist_ok=True)
    (root / "data/conf/llm/config.yml").write_text("ollama:\n  model: qwen3:8b\n")
    with (root / "mailcow.conf").open("a") as stream:
        stream.write("\nOLLAMA_MODEL=llama3.2:1b\n")

    said = check(root, code=1)

    assert "warn ollama.model at" in said
    assert "OLLAMA_MODEL in mailcow.conf hides it" in said


def _with_docker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: str) -> Path:
    """Return a mailcow folder on a host whose docker says nothing but `words`."""
    program = tmp_path / "bin/docker"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\necho '{words}' >&2\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    return make_mailcow(tmp_path / "mailcow")
