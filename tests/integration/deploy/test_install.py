"""Into mailcow folders of several shapes, again, and out: every byte as before."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from glassdome.cli.app import app
from glassdome.core.config import DEFAULT_CONFIG
from glassdome.deploy.conf import read_values
from tests.integration.deploy.trees import CONF, OVERRIDE, make_mailcow, snapshot

ROOT = Path(__file__).parents[3]
EXTRA = (
    "# mine\nprotocol lmtp {\n  mail_plugins = $mail_plugins zlib\n}\nplugin {\n  push_notification_driver = dlog\n}\n"
)
NGINX = "location = /mine { return 204; }\n"
LAYOUTS = {
    "plain": {},
    "override with comments": {"docker-compose.override.yml": OVERRIDE},
    "override without services": {"docker-compose.override.yml": "networks:\n  other:\n    external: true\n"},
    "empty services": {"docker-compose.override.yml": "services:   # none yet\nvolumes:\n  mine:\n"},
    "only a comment": {"docker-compose.override.yml": "# nothing here"},
    "custom nginx": {"data/conf/nginx/site.mine.custom": NGINX},
    "extra.conf with protocol lmtp": {"data/conf/dovecot/extra.conf": EXTRA},
    "own config.yml": {"data/conf/llm/config.yml": "ollama:\n  model: mistral:7b\n"},
}


class ComposeLoader(yaml.SafeLoader):
    """Reads compose's own tags."""


ComposeLoader.add_constructor("!reset", lambda loader, node: None)


def glassdome(*arguments: str, code: int = 0) -> str:
    """Run the command; return what it writes, blanks folded."""
    result = CliRunner(env={"COLUMNS": "300"}).invoke(app, ["mailcow", *map(str, arguments)])
    assert code == result.exit_code, result.output
    return " ".join(result.output.split())


def override_of(root: Path) -> dict:
    """Return the merged override, read as compose reads it."""
    return yaml.load((root / "docker-compose.override.yml").read_text(), ComposeLoader)  # type: ignore[no-any-return]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_in_and_in_again_and_out(tmp_path: Path, layout: str) -> None:
    """A second run changes nothing at all; the removal leaves the folder byte for byte as it was."""
    root = make_mailcow(tmp_path / "mailcow", LAYOUTS[layout])
    before = snapshot(root)

    glassdome("install", root, "--mailbox", "User@Example.org")
    once = snapshot(root)
    again = glassdome("install", root)
    twice = snapshot(root)
    said = glassdome("status", root)
    glassdome("uninstall", root)

    assert once == twice
    assert "Everything is in place already." in again
    assert "FAIL" not in said
    assert before == snapshot(root)
    assert before.keys() < once.keys()


def test_the_override_keeps_its_own_text(tmp_path: Path) -> None:
    """Cutting our lines out gives the old text; both services are there, at addresses nobody has, with limits."""
    root = make_mailcow(tmp_path / "mailcow", {"docker-compose.override.yml": OVERRIDE})

    glassdome("install", root, "--gpu", "--learn")

    text = (root / "docker-compose.override.yml").read_text()
    assert all(line in text.splitlines() for line in OVERRIDE.splitlines())
    found = override_of(root)
    assert ["llm-processor-mailcow", "ollama-mailcow", "backup-mailcow", "nginx-mailcow"] == list(found["services"])
    processor, ollama = found["services"]["llm-processor-mailcow"], found["services"]["ollama-mailcow"]
    for service, octet in ((processor, 239), (ollama, 238)):
        assert f"${{IPV4_NETWORK:-172.22.1}}.{octet}" == service["networks"]["mailcow-network"]["ipv4_address"]
        assert ["llm"] == service["profiles"]
        assert {
            "restart",
            "mem_limit",
            "cpus",
            "cpu_shares",
            "pids_limit",
            "healthcheck",
            "dns",
            "read_only",
        } <= service.keys()
        assert ["ALL"] == service["cap_drop"]
    assert "10001:10001" == processor["user"]
    assert "nvidia" == ollama["deploy"]["resources"]["reservations"]["devices"][0]["driver"]
    assert "rspamd-vol-1:/var/lib/rspamd:ro" in processor["volumes"]
    # Where the program looks for config.yml and rules.toml when nobody names them, from the image's folder.
    assert f"./{DEFAULT_CONFIG.parent}:/var/lib/glassdome/{DEFAULT_CONFIG.parent}:ro,z" in processor["volumes"]
    assert "WORKDIR /var/lib/glassdome\n" in (ROOT / "deploy" / "Dockerfile").read_text()
    assert {"llm-vol-1", "llm-log-vol-1", "ollama-vol-1"} == found["volumes"].keys()


def test_mailcow_conf(tmp_path: Path) -> None:
    """The profile joins those already on, a master login is made once, and secrets differ."""
    root = make_mailcow(tmp_path / "mailcow", conf=CONF + "COMPOSE_PROFILES=monitoring\n")

    glassdome("install", root, "--mailbox", "a@example.org")
    first = read_values((root / "mailcow.conf").read_text())
    glassdome("install", root, "--mailbox", "b@example.org", "--domain", "Example.net")
    values = read_values((root / "mailcow.conf").read_text())

    assert "monitoring,llm" == values["COMPOSE_PROFILES"]
    assert "a@example.org,b@example.org" == values["GLASSDOME_MAILBOXES"]
    assert "example.net" == values["GLASSDOME_DOMAINS"]
    assert first["DOVECOT_MASTER_PASS"] == values["DOVECOT_MASTER_PASS"]
    assert 4 == len(
        {
            values[n]
            for n in ("GLASSDOME_DBPASS", "GLASSDOME_PUSH_SECRET", "GLASSDOME_PROXY_SECRET", "DOVECOT_MASTER_PASS")
        }
    )
    assert 0o600 == (root / "mailcow.conf").stat().st_mode & 0o777


def test_an_own_master_user_stays(tmp_path: Path) -> None:
    """A master login that is set is used, not replaced."""
    conf = CONF.replace("MASTER_USER=", "MASTER_USER=boss").replace("MASTER_PASS=", "MASTER_PASS=long")
    root = make_mailcow(tmp_path / "mailcow", conf=conf)

    glassdome("install", root)

    assert (root / "mailcow.conf").read_text().startswith(conf)


def test_a_dry_run_touches_nothing(tmp_path: Path) -> None:
    """The plan names files and commands, and no secret."""
    root = make_mailcow(tmp_path / "mailcow")
    before = snapshot(root)

    said = glassdome("install", root, "--dry-run")

    assert before == snapshot(root)
    assert "create docker-compose.override.yml" in said
    assert "docker compose up -d" in said
    assert "rootsecret" not in said


def test_changes_around_our_part_survive_the_removal(tmp_path: Path) -> None:
    """Lines that others add to the same files after us stay; only ours are removed."""
    files = {"data/conf/dovecot/extra.conf": EXTRA, "docker-compose.override.yml": OVERRIDE}
    root = make_mailcow(tmp_path / "mailcow", files)
    glassdome("install", root)
    for name in ("mailcow.conf", "data/conf/dovecot/extra.conf"):
        path = root / name
        path.write_text("# on top\n" + path.read_text() + "# below\n")
    (root / "docker-compose.override.yml").write_text((root / "docker-compose.override.yml").read_text() + "# more\n")

    assert "changed around our part" in glassdome("status", root)
    glassdome("uninstall", root)

    assert "# on top\n" + CONF + "# below\n" == (root / "mailcow.conf").read_text()
    assert "# on top\n" + EXTRA + "# below\n" == (root / "data/conf/dovecot/extra.conf").read_text()
    assert OVERRIDE + "\n# more\n" == (root / "docker-compose.override.yml").read_text()


@pytest.mark.parametrize("name", ["data/conf/nginx/site.glassdome.custom", "docker-compose.override.yml"])
def test_our_part_edited_by_hand(tmp_path: Path, name: str) -> None:
    """Status says so; the removal wants --force, and then it is complete."""
    root = make_mailcow(tmp_path / "mailcow")
    before = snapshot(root)
    glassdome("install", root)
    path = root / name
    path.write_text(path.read_text().replace("8080", "9090"))

    assert f"FAIL {name}: our part was edited" in glassdome("status", root, code=1)
    assert name in glassdome("uninstall", root, code=1)
    glassdome("uninstall", root, "--force")

    assert before == snapshot(root)


def test_an_update_that_took_our_part_away(tmp_path: Path) -> None:
    """Status tells, upgrade puts it back, and the removal still gives everything back."""
    root = make_mailcow(tmp_path / "mailcow")
    before = snapshot(root)
    glassdome("install", root, "--domain", "example.org")
    placed = snapshot(root)
    (root / "data/conf/rspamd/rspamd.conf.local").write_text("# rspamd.conf.local\n")

    assert "our part is gone" in glassdome("status", root, code=1)
    glassdome("upgrade", root)

    assert {k: v for k, v in placed.items() if "manifest" not in k} == {
        k: v for k, v in snapshot(root).items() if "manifest" not in k
    }
    glassdome("uninstall", root)
    assert before == snapshot(root)


def test_another_choice_removes_what_the_first_placed(tmp_path: Path) -> None:
    """The plugin's files are removed on a change to Rspamd's own GPT module."""
    root = make_mailcow(tmp_path / "mailcow")
    before = snapshot(root)
    glassdome("install", root)
    glassdome("install", root, "--rspamd", "gpt", "--no-ollama")

    assert not (root / "data/conf/rspamd/plugins.d/glassdome.lua").exists()
    assert "# rspamd.conf.local\n" == (root / "data/conf/rspamd/rspamd.conf.local").read_text()
    assert "v1/chat/completions" in (root / "data/conf/rspamd/local.d/gpt.conf").read_text()
    assert ["llm-processor-mailcow"] == list(override_of(root)["services"])
    glassdome("uninstall", root)
    assert before == snapshot(root)


@pytest.mark.parametrize(
    ("files", "conf", "word"),
    [
        ({"docker-compose.override.yml": "services: {a: {image: b}}\n"}, CONF, "one entry per line"),
        ({"docker-compose.override.yml": "services:\n\t- broken"}, CONF, "not valid YAML"),
        ({"docker-compose.override.yml": "services:\n  ollama-mailcow:\n    image: o\n"}, CONF, "not ours"),
        ({"data/conf/nginx/site.glassdome.custom": NGINX}, CONF, "is there already"),
        ({}, CONF.replace("MASTER_USER=", "MASTER_USER=boss"), "only one of"),
        ({}, "TZ=UTC\n", "MAILCOW_HOSTNAME"),
        ({"docker-compose.yml": "services:\n  web:\n    image: w\n"}, CONF, "no service"),
    ],
)
def test_refusals_change_nothing(tmp_path: Path, files: dict[str, str], conf: str, word: str) -> None:
    """Each conflict ends with its reason and leaves every file alone."""
    root = make_mailcow(tmp_path / "mailcow", files, conf=conf)
    before = snapshot(root)

    result = CliRunner(env={"COLUMNS": "300"}).invoke(app, ["mailcow", "install", str(root)])

    assert result.exit_code in (1, 2)
    assert word in " ".join(result.output.split())
    assert before == snapshot(root)


def test_not_a_mailcow_folder(tmp_path: Path) -> None:
    """Any other folder is refused, and so are another Dovecot and a removal of nothing."""
    assert "not a mailcow-dockerized folder" in glassdome("install", tmp_path, code=2)
    root = make_mailcow(tmp_path / "mailcow")
    assert "not installed" in glassdome("uninstall", root, code=1)


@pytest.mark.parametrize("tag", ["1.27", "2.0", "2.33", "2.35", "nightly", "2.4.1-1"])
@pytest.mark.parametrize(("line", "driver"), [("", "plugin {"), ("dovecot_config_version = 2.4.1\n", "lua_settings {")])
def test_the_language_of_dovecots_configuration(tmp_path: Path, tag: str, line: str, driver: str) -> None:
    """Dovecot's own file says which language it is written in; mailcow's image tags say nothing of it."""
    root = make_mailcow(
        tmp_path / "mailcow", {"data/conf/dovecot/dovecot.conf": f"# mailcow's\n{line}protocols = imap\n"}
    )
    compose = root / "docker-compose.yml"
    compose.write_text(compose.read_text().replace("dovecot:2.3.21.1-2", f"dovecot:{tag}"))

    glassdome("install", root)

    assert driver in (root / "data/conf/dovecot/extra.conf").read_text()


def test_an_unknown_dovecot(tmp_path: Path) -> None:
    """A language that we do not know is refused before anything is placed; without the doorbell it does not matter."""
    text = "dovecot_config_version = 2.5.0\n"
    root = make_mailcow(tmp_path / "mailcow", {"data/conf/dovecot/dovecot.conf": text})
    before = snapshot(root)

    assert "version 2.5" in glassdome("install", root, code=1)
    assert before == snapshot(root)
    glassdome("install", root, "--no-push")


FILES = "COMPOSE_FILE=docker-compose.yml:mine.yml\n"


@pytest.mark.parametrize(
    ("files", "conf", "expected"),
    [
        ({}, "", "docker-compose.override.yml"),
        ({"docker-compose.override.yaml": OVERRIDE}, "", "docker-compose.override.yaml"),
        ({"compose.override.yml": OVERRIDE, "docker-compose.override.yml": OVERRIDE}, "", "compose.override.yml"),
        ({"mine.yml": OVERRIDE}, FILES, "mine.yml"),
        ({"docker-compose.override.yml": OVERRIDE}, FILES, "mine.yml"),
    ],
)
def test_the_file_that_compose_reads(tmp_path: Path, files: dict[str, str], conf: str, expected: str) -> None:
    """Our services go into the override that compose reads, and out of it again byte for byte."""
    root = make_mailcow(tmp_path / "mailcow", files, conf=CONF + conf)
    before = snapshot(root)

    glassdome("install", root)

    holding = [name.name for name in root.glob("*.y*ml") if "llm-processor-mailcow" in name.read_text()]
    assert [expected] == holding
    glassdome("uninstall", root)
    assert before == snapshot(root)


@pytest.mark.parametrize("named", ["docker-compose.yml", "/opt/other.yml", "../x.yml:docker-compose.yml"])
def test_a_compose_file_that_cannot_take_us(tmp_path: Path, named: str) -> None:
    """Nothing is placed where compose would not read it."""
    root = make_mailcow(tmp_path / "mailcow", conf=CONF + f"COMPOSE_FILE={named}\n")
    before = snapshot(root)

    assert "COMPOSE_FILE in mailcow.conf" in glassdome("install", root, code=1)
    assert before == snapshot(root)


def test_another_override_that_hides_ours(tmp_path: Path) -> None:
    """An override that compose prefers is noticed, and the upgrade moves our services there."""
    root = make_mailcow(tmp_path / "mailcow")
    glassdome("install", root)
    (root / "compose.override.yml").write_text(OVERRIDE)

    assert "compose reads compose.override.yml now" in glassdome("status", root, code=1)
    glassdome("upgrade", root)
    assert "llm-processor-mailcow" in (root / "compose.override.yml").read_text()
    assert not (root / "docker-compose.override.yml").exists()


def test_words_that_are_no_addresses(tmp_path: Path) -> None:
    """Any text that could break out of mailcow.conf is refused."""
    root = make_mailcow(tmp_path / "mailcow")
    for bad in ("example.org", "a@b,c@d", "a@$(id)"):
        assert "not the address" in glassdome("install", root, "--mailbox", bad, code=2)
    assert "not a domain" in glassdome("install", root, "--domain", "a@example.org", code=2)


def test_the_text_for_users(tmp_path: Path) -> None:
    """Without a choice nobody's mail is read; with one there is a text for those people."""
    root = make_mailcow(tmp_path / "mailcow")
    assert "No mailbox is enabled, so no mail is read" in glassdome("install", root)
    said = glassdome("install", root, "--mailbox", "a@example.org")
    assert "For the users of a@example.org" in said
    assert "What is kept" in said


def test_a_domain_needs_mailcows_list(tmp_path: Path) -> None:
    """Without a key of mailcow's API the command says what is missing; with one it is silent."""
    root = make_mailcow(tmp_path / "mailcow")
    assert "set API_KEY_READ_ONLY" in glassdome("install", root, "--domain", "example.org")
    (root / "mailcow.conf").write_text((root / "mailcow.conf").read_text() + "API_KEY_READ_ONLY=abc\n")
    assert "set API_KEY_READ_ONLY" not in glassdome("install", root)
