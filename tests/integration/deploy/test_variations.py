"""24 mailcow folders as administrators have them: try, install, check, plan the restart, remove; the servers accept each.

The choices cross so that each compose layout meets both Dovecots, and each server's own files meet every layout.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
import yaml
from typer.testing import CliRunner

from glassdome.cli.app import app
from tests.integration.deploy.containers import DOVECOT_CONF, NEWER_DOVECOT_CONF, make_containers
from tests.integration.deploy.trees import CONF, OVERRIDE, make_mailcow, snapshot

pytestmark = pytest.mark.skipif(os.getuid() != 0, reason="mount namespaces need root")

#: The override file that compose reads, its text, and a line for mailcow.conf.
COMPOSE: Final = {
    "none": ("", "", ""),
    "override.yml": ("docker-compose.override.yml", OVERRIDE, ""),
    "override.yaml": ("docker-compose.override.yaml", "services:   # none yet\nvolumes:\n  mine:\n", ""),
    "compose.override": ("compose.override.yml", "# nothing here", ""),
    "COMPOSE_FILE": ("mine.yml", OVERRIDE, "COMPOSE_FILE=docker-compose.yml:mine.yml\n"),
    "networks only": ("docker-compose.override.yml", "networks:\n  other:\n    external: true\n", ""),
}
NGINX: Final = {
    "": "",
    "resolver": "resolver 127.0.0.11 valid=5s;\nlocation = /mine { return 204; }\n",
    "errors": "error_page 404 /my404;\nlocation = /my404 { return 200; }\nproxy_read_timeout 9s;\n",
}
DOVECOT: Final = {
    "2.3": {
        "": "",
        "own": "# mine\nprotocol lmtp {\n  mail_plugins = $mail_plugins zlib\n}\nplugin {\n  zlib_save = gz\n}\n",
    },
    "2.4": {"": "", "own": "# mine\nprotocol lmtp {\n  mail_plugins {\n    notify = yes\n  }\n}\nmail_debug = yes\n"},
}
RSPAMD: Final = {
    "": {},
    "own": {
        "data/conf/rspamd/local.d/options.inc": "dns {\n  timeout = 2s;\n}\n",
        "data/conf/rspamd/rspamd.conf.local": "# rspamd.conf.local\nmine {\n  enabled = true;\n}\n",
    },
}
OLLAMA: Final = {"none": ("--no-ollama",), "cpu": (), "gpu": ("--gpu",)}
MORE: Final = ((), ("--agent",), ("--no-push", "--rspamd", "gpt"), ("--learn", "--rspamd", "none"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Variation:
    """One administrator's folder and wishes."""

    compose: str
    nginx: str
    dovecot: str
    own_dovecot: str
    rspamd: str
    ollama: str
    cores: int
    more: tuple[str, ...]

    @property
    def files(self) -> dict[str, str]:
        """Return the administrator's own files by path."""
        name, text, _ = COMPOSE[self.compose]
        dovecot = NEWER_DOVECOT_CONF if self.dovecot == "2.4" else DOVECOT_CONF
        found = RSPAMD[self.rspamd] | {"data/conf/dovecot/dovecot.conf": dovecot}
        for path, content in (
            (name, text),
            ("data/conf/nginx/site.mine.custom", NGINX[self.nginx]),
            ("data/conf/dovecot/extra.conf", DOVECOT[self.dovecot][self.own_dovecot]),
        ):
            if path and content:
                found[path] = content
        return found


def _variations() -> dict[str, Variation]:
    found = {}
    for number in range(24):
        kind = Variation(
            compose=list(COMPOSE)[number % 6],
            nginx=list(NGINX)[number % 3 if number < 12 else (number + 1) % 3],
            dovecot=("2.3", "2.4")[number // 6 % 2],
            own_dovecot=("", "own")[(number + number // 12) % 2],
            rspamd=("", "own")[number // 3 % 2],
            ollama=list(OLLAMA)[(number + number // 6) % 3],
            cores=(1, 2, 8)[(number + number // 3) % 3],
            more=MORE[(number + number // 4) % 4],
        )
        words = (kind.compose, f"nginx {kind.nginx}", f"Dovecot {kind.dovecot} {kind.own_dovecot}", kind.ollama)
        found[" ".join((f"{number:02d}", *words, f"{kind.cores} cores", *kind.more))] = kind
    return found


VARIATIONS: Final = _variations()


def test_every_pair_of_choices_meets() -> None:
    """Each compose layout meets each Dovecot, number of cores and model; so does each server's own file."""
    made = VARIATIONS.values()
    for pick, number in (
        (lambda v: (v.compose, v.dovecot), 12),
        (lambda v: (v.ollama, v.cores), 9),
        (lambda v: (v.nginx, v.dovecot, v.own_dovecot), 12),
        (lambda v: (v.compose, v.nginx), 12),
        (lambda v: (v.more, v.dovecot), 8),
    ):
        assert len({_picked(pick, item) for item in made}) >= number
    assert len(set(made)) == 24


def _picked(pick: Callable[[Variation], object], item: Variation) -> object:
    return pick(item)


class _Loader(yaml.SafeLoader):
    """Reads compose's own tags."""


_Loader.add_constructor("!reset", lambda loader, node: None)


def _glassdome(*arguments: object) -> str:
    result = CliRunner(env={"COLUMNS": "300"}).invoke(app, ["mailcow", *map(str, arguments)])
    assert result.exit_code == 0, result.output
    return " ".join(result.output.split())


@pytest.mark.parametrize("name", VARIATIONS)
def test_a_variation(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The check says what will happen, the servers accept what was placed, and the removal leaves each byte as it was."""
    kind = VARIATIONS[name]
    monkeypatch.setattr("os.cpu_count", lambda: kind.cores)
    root = make_mailcow(tmp_path / "mailcow", kind.files, conf=CONF + COMPOSE[kind.compose][2])
    containers = make_containers(root, tmp_path, monkeypatch, newer_dovecot=kind.dovecot == "2.4")
    before, wishes = snapshot(root), (*OLLAMA[kind.ollama], *kind.more)

    assert "ok GLASSDOME_CPUS: no limit" in _glassdome("install", root, "--check", *wishes)
    assert before == snapshot(root)
    _glassdome("install", root, "--mailbox", "ann@example.org", *wishes)
    once = snapshot(root)
    assert containers.refused() == {}
    assert "FAIL" not in _glassdome("status", root)
    assert "docker compose" in _glassdome("install", root, "--restart", "--dry-run", *wishes)
    assert once == snapshot(root)
    override = COMPOSE[kind.compose][0] or "docker-compose.override.yml"
    assert _limits_fit(yaml.load((root / override).read_text(), _Loader), kind.cores)
    _glassdome("uninstall", root)
    assert before == snapshot(root)


def _limits_fit(override: dict[str, dict[str, dict[str, str]]], cores: int) -> bool:
    """Return whether no service of ours asks for more cores than there are: compose would start none at all."""
    ours = [service for name, service in override["services"].items() if name.startswith(("llm-", "ollama-"))]
    limits = [str(service.get("cpus", "0")).rpartition(":-")[2].rstrip("}") for service in ours]
    return bool(ours) and all(float(limit or 0) <= cores for limit in limits)
