"""Tests of a fresh installation: a first key, a link in mailcow's Apps, a language model or the notice that there is
none.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from glassdome.cli.app import app
from glassdome.deploy.sogo import SOGO
from tests.integration.deploy.test_commands import FAKE_DOCKER
from tests.integration.deploy.trees import CONF, make_mailcow, snapshot

APPS = "data/web/inc/vars.local.inc.php"
PANEL = "services:\n    php-fpm-mailcow:\n      image: ghcr.io/mailcow/phpfpm:8.2\n"
SHOWN = re.compile(r"^  ([0-9a-f]{48})$", re.MULTILINE)


@pytest.fixture
def docker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A docker that notes what it is asked; returns its notes."""
    program = tmp_path / "bin" / "docker"
    program.parent.mkdir()
    program.write_text(FAKE_DOCKER)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    monkeypatch.setenv("DOCKER_LOG", str(tmp_path / "notes"))
    monkeypatch.setenv("DOCKER_FAILS", "")
    return tmp_path / "notes"


def glassdome(*arguments: object, code: int = 0) -> str:
    """Run the command."""
    result = CliRunner(env={"COLUMNS": "300"}).invoke(app, ["mailcow", *map(str, arguments)])
    assert code == result.exit_code, result.output
    return str(result.output)


def with_panel(root: Path, apps: str | None = None, conf: str = CONF) -> Path:
    """Make a mailcow folder with its panel."""
    made = make_mailcow(root, None if apps is None else {APPS: apps}, conf=conf)
    (made / APPS).parent.mkdir(parents=True, exist_ok=True)
    compose = made / "docker-compose.yml"
    compose.write_text(compose.read_text().replace("services:\n", PANEL, 1))
    return made


def test_a_first_key_is_made_and_shown_once(tmp_path: Path) -> None:
    """With it one signs in; it is kept with the other settings, and goes with them."""
    root = make_mailcow(tmp_path / "mailcow", conf=CONF + "HTTPS_PORT=127.0.0.1:8443\n")
    before = snapshot(root)

    (key,) = SHOWN.findall(said := glassdome("install", root))

    assert "Sign in at https://mail.example.org:8443/llm/ with an API key." in said
    assert f"\nGLASSDOME_API_KEYS={key}:rw\n" in (root / "mailcow.conf").read_text()
    for again in (glassdome("install", root), glassdome("upgrade", root)):
        assert key not in again
    assert f"\nGLASSDOME_API_KEYS={key}:rw\n" in (root / "mailcow.conf").read_text()
    glassdome("uninstall", root)
    assert before == snapshot(root)


def test_an_upgrade_of_an_older_installation_shows_its_first_key(tmp_path: Path) -> None:
    """Versions before made none."""
    root = make_mailcow(tmp_path / "mailcow")
    glassdome("install", root)
    conf = root / "mailcow.conf"
    conf.write_text(re.sub(r"^GLASSDOME_API_KEYS=.*\n", "", conf.read_text(), flags=re.MULTILINE))

    (key,) = SHOWN.findall(glassdome("upgrade", root))

    assert f"\nGLASSDOME_API_KEYS={key}:rw\n" in conf.read_text()


def test_a_dry_run_shows_no_key(tmp_path: Path) -> None:
    """It would be another one."""
    assert not SHOWN.search(glassdome("install", make_mailcow(tmp_path / "mailcow"), "--dry-run"))


def test_the_owners_own_keys_stay_the_only_ones(tmp_path: Path) -> None:
    """A line of ours would come after theirs, and be the one that counts."""
    line = "GLASSDOME_API_KEYS=a-key-of-mine:rw\n"
    root = make_mailcow(tmp_path / "mailcow", conf=CONF + line)

    said = glassdome("install", root)

    assert not SHOWN.search(said)
    assert "The keys are GLASSDOME_API_KEYS in mailcow.conf." in said
    assert (root / "mailcow.conf").read_text().count("GLASSDOME_API_KEYS") == 1


@pytest.mark.parametrize(
    "apps",
    [None, "", "<?php\n$DEFAULT_LANG = 'de';", "<?php\nif (1) { ?><?php }\n"],
    ids=["none", "empty", "own", "in and out"],
)
def test_a_link_in_the_apps_goes_without_a_trace(tmp_path: Path, apps: str | None) -> None:
    """mailcow's own file for such things takes it, whatever is in there already."""
    root = with_panel(tmp_path / "mailcow", apps)
    before = snapshot(root)

    glassdome("install", root)

    text = (root / APPS).read_text()
    assert text.startswith(apps or "<?php\n")
    assert "$MAILCOW_APPS[] = array('name' => 'Glassdome', 'link' => '/llm/'" in text
    once = snapshot(root)
    glassdome("install", root)
    assert once == snapshot(root)
    glassdome("uninstall", root)
    assert before == snapshot(root)


def test_a_file_that_ends_outside_php_is_left_alone(tmp_path: Path) -> None:
    """A line added there would be text on every page; it is printed instead."""
    root = with_panel(tmp_path / "mailcow", "<?php\n$DEFAULT_LANG = 'de';\n?>\n")
    apps = (root / APPS).read_bytes()

    said = glassdome("install", root)

    assert apps == (root / APPS).read_bytes()
    assert "ends outside PHP" in said
    assert "$MAILCOW_APPS[] =" in said


def test_no_link_and_a_panel_that_refuses(tmp_path: Path, docker: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the link the file is not touched; a PHP that refuses it stops the installation before anything is placed."""
    root = with_panel(tmp_path / "mailcow")
    before = snapshot(root)
    monkeypatch.setenv("DOCKER_FAILS", "php-fpm-mailcow php -l")

    assert "check the link in mailcow's Apps" in glassdome("install", root, "--restart", "--image", "x", code=1)

    assert before == snapshot(root)
    glassdome("install", root, "--restart", "--image", "x", "--no-link", "--no-pull")
    assert not (root / APPS).exists()


def test_the_model_is_fetched_when_wanted(tmp_path: Path, docker: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After everything runs; a failure is told with the command, and undoes nothing."""
    root = make_mailcow(tmp_path / "mailcow")
    pull = "compose exec llm-processor-mailcow glassdome models pull --wait 120"

    said = glassdome("install", root, "--restart", "--image", "x", "--pull")

    notes = docker.read_bytes().decode("utf-8", "replace")
    assert notes.index("compose restart") < notes.index(pull)
    assert "judged without" not in said
    monkeypatch.setenv("DOCKER_FAILS", "models pull")
    said = glassdome("install", root, "--restart", "--image", "x", "--pull")
    assert "The rest is installed." in said
    assert f"docker {pull}" in said


@pytest.mark.parametrize("options", [(), ("--restart", "--image", "x"), ("--restart", "--image", "x", "--no-pull")])
def test_without_a_model_it_is_said(tmp_path: Path, docker: Path, options: tuple[str, ...]) -> None:
    """Nobody at the terminal is asked; the model is the one that the settings name."""
    root = make_mailcow(tmp_path / "mailcow", conf=CONF + "OLLAMA_MODEL=qwen3:4b\n")

    said = glassdome("install", root, *options)

    assert "Until the language model qwen3:4b is fetched, all mail is judged without it" in said
    assert not docker.exists() or "models pull" not in docker.read_bytes().decode("utf-8", "replace")


def test_no_model_at_all(tmp_path: Path) -> None:
    """Neither ours nor one elsewhere; or one elsewhere; or not wanted."""
    root = make_mailcow(tmp_path / "mailcow")
    assert "all mail is judged without one" in glassdome("install", root, "--no-ollama")
    with (root / "mailcow.conf").open("a") as stream:
        stream.write("OLLAMA_HOST=https://gpu.example.org\n")
    assert "glassdome models pull" in glassdome("install", root, "--no-ollama")
    with (root / "mailcow.conf").open("a") as stream:
        stream.write("GLASSDOME_ENGINE=builtin\n")
    assert "judged without" not in glassdome("install", root, "--no-ollama")


@pytest.mark.parametrize("own", [None, "", "// our own\nwindow.x = 1;", "window.x = 1;\n"])
def test_labels_for_sogo_go_without_a_trace(tmp_path: Path, docker: Path, own: str | None) -> None:
    """The administrator's script stays in front of ours, SOGo is restarted with it, and nothing is left afterwards."""
    root = make_mailcow(tmp_path / "mailcow", None if own is None else {SOGO: own})
    (root / SOGO).parent.mkdir(parents=True, exist_ok=True)
    compose = root / "docker-compose.yml"
    compose.write_text(compose.read_text().replace("services:\n", "services:\n    sogo-mailcow:\n      image: x\n", 1))
    before = snapshot(root)

    glassdome("install", root, "--restart", "--image", "x", "--no-pull")

    text = (root / SOGO).read_text()
    assert text.startswith(own or "// # >>> glassdome")
    assert '"glassdome-check": ["Check first", "#b45309"]' in text
    assert "sogo-mailcow" in docker.read_text()
    once = snapshot(root)
    glassdome("install", root, "--image", "x")
    assert once == snapshot(root)
    glassdome("uninstall", root)
    assert before == snapshot(root)


def test_a_mailcow_without_sogo_gets_no_script(tmp_path: Path) -> None:
    """A file that no container mounts would only puzzle."""
    root = make_mailcow(tmp_path / "mailcow", {"data/conf/sogo/sogo.conf": "{}"})
    glassdome("install", root)
    assert not (root / SOGO).exists()
