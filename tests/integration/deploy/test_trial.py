"""nginx, Rspamd and Dovecot, the real programs, try our files on a copy of their configuration."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from glassdome.cli.app import app
from tests.integration.deploy.trees import make_mailcow, snapshot

#: Runs what is asked of a container in a mount namespace of its own, with mailcow's folders where the image has them.
DOCKER = """#!/bin/sh
[ "$2" = exec ] || exit 0
service=$4; shift 4
exec unshare --mount --propagation private sh -c '
  for name in nginx rspamd dovecot; do mount --bind "$CONTAINERS/$name" /etc/$name || exit 9; done
  mount --bind "$MAILCOW/data/conf/nginx" /etc/nginx/conf.d
  mount --bind "$CONTAINERS/hosts" /etc/hosts
  exec "$@"' - "$@"
"""
NGINX = """
events {}
http {
  server {
    listen 127.0.0.1:1;
    location ~ ^/api/v1/(.*)$ { return 204; }
    include /etc/nginx/conf.d/site.*.custom;
  }
}
"""
DOVECOT = "protocols = lmtp\nssl = no\nmail_location = maildir:~/m\n!include_try /etc/dovecot/extra.conf\n"
BROKEN = {
    "nginx": ("data/conf/nginx/site.theirs.custom", "location = /api/v1/get/llm/health { return 204; }\n", "duplicate"),
    "rspamd": ("data/conf/rspamd/rspamd.conf.local", "section {\n", "rspamd.conf.local"),
    "dovecot": ("data/conf/dovecot/extra.conf", "protocol lmtp {\n", "extra.conf"),
}

pytestmark = pytest.mark.skipif(os.getuid() != 0, reason="mount namespaces need root")


@pytest.fixture
def mailcow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A mailcow folder whose containers are this machine's programs."""
    root, containers = make_mailcow(tmp_path / "mailcow"), tmp_path / "containers"
    shutil.copytree("/etc/rspamd", containers / "rspamd")
    for name, text in (("nginx/nginx.conf", NGINX), ("dovecot/dovecot.conf", DOVECOT)):
        (containers / name).parent.mkdir()
        (containers / name).write_text(text)
    (containers / "nginx/conf.d").mkdir()
    (containers / "hosts").write_text("127.0.0.1 localhost phpfpm\n")
    shutil.copy("/etc/nginx/fastcgi_params", containers / "nginx")
    program = tmp_path / "bin/docker"
    program.parent.mkdir()
    program.write_text(DOCKER)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    monkeypatch.setenv("CONTAINERS", str(containers))
    monkeypatch.setenv("MAILCOW", str(root))
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
