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
