"""Tests of the commands that an installation runs, in order, and of the SQL on a real MariaDB."""

from __future__ import annotations

import os
from pathlib import Path

import pymysql
import pytest
from typer.testing import CliRunner

from glassdome.cli.app import app
from glassdome.deploy.commands import drop_statements, schema_statements
from glassdome.deploy.parts import new_values
from tests.integration.deploy.trees import CONF, make_mailcow, snapshot
from tests.servers.mariadb import MariaDB

FAKE_DOCKER = """#!/bin/sh
{ echo "$PWD: $*"; cat; } >> "$DOCKER_LOG"
case "$*" in *"$DOCKER_FAILS"*) [ -n "$DOCKER_FAILS" ] && { echo "it broke"; exit 3; };; esac
exit 0
"""


@pytest.fixture
def docker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A docker that notes what it is asked; returns its notes."""
    program = tmp_path / "bin" / "docker"
    program.parent.mkdir()
    program.write_text(FAKE_DOCKER)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    notes = tmp_path / "notes"
    notes.touch()
    monkeypatch.setenv("DOCKER_LOG", str(notes))
    monkeypatch.setenv("DOCKER_FAILS", "")
    return notes


def glassdome(*arguments: object, code: int = 0) -> str:
    """Run the command."""
    result = CliRunner(env={"COLUMNS": "300"}).invoke(app, ["mailcow", *map(str, arguments)])
    assert code == result.exit_code, result.output
    return " ".join(result.output.split())


def test_restart_runs_the_commands_in_order(tmp_path: Path, docker: Path) -> None:
    """Dovecot's abilities are looked at before any file is placed; nginx restarts only after its own test."""
    root = make_mailcow(tmp_path / "mailcow")

    glassdome("install", root, "--restart", "--image", "registry.example.org/glassdome:1")

    said = docker.read_bytes().decode("utf-8", "replace")
    order = [
        "push_notification_lua",
        "sh -c set -e",
        "exec -T nginx-mailcow nginx -t",
        "exec -T rspamd-mailcow rspamadm configtest",
        "exec -T dovecot-mailcow doveconf -n",
        "CREATE DATABASE",
        "up -d",
        "compose restart",
    ]
    places = [said.index(word) for word in order]
    assert sorted(places) == places
    assert f"{root}: compose" in said
    assert ["rootsecret"] == [line for line in said.splitlines() if "rootsecret" in line]


def test_a_dovecot_without_lua_stops_the_installation(
    tmp_path: Path, docker: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reason is told, with the way out, and no file was touched: a wrong plugin would stop all delivery."""
    root = make_mailcow(tmp_path / "mailcow")
    before = snapshot(root)
    monkeypatch.setenv("DOCKER_FAILS", "push_notification_lua")

    assert "--no-push" in glassdome("install", root, "--restart", code=1)

    assert before == snapshot(root)
    glassdome("install", root, "--restart", "--no-push")
    assert not (root / "data/conf/dovecot/extra.conf").exists()
    glassdome("uninstall", root)
    assert before == snapshot(root)


def test_a_failure_ends_the_sequence(tmp_path: Path, docker: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before a server was started nothing is restarted, and after it mailcow comes back; each file is as before."""
    root = make_mailcow(tmp_path / "mailcow")
    before = snapshot(root)
    for failing, restarted in (
        ("exec -T nginx-mailcow sh", False),
        ("exec -T rspamd-mailcow rspamadm", False),
        ("exec -T dovecot-mailcow doveconf", False),
        ("exec -T mysql-mailcow", True),
        ("restart", True),
    ):
        docker.write_text("")
        monkeypatch.setenv("DOCKER_FAILS", failing)

        said = glassdome("install", root, "--restart", "--image", "x", code=1)

        assert "it broke" in said
        assert ("up -d --remove-orphans" in docker.read_bytes().decode("utf-8", "replace")) is restarted
        assert before == snapshot(root)


def test_a_failed_renewal_keeps_what_was_installed(
    tmp_path: Path, docker: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The files and the memory of the first installation stay, so that it can still be removed exactly."""
    root = make_mailcow(tmp_path / "mailcow")
    before = snapshot(root)
    glassdome("install", root, "--image", "x")
    once = snapshot(root)
    monkeypatch.setenv("DOCKER_FAILS", "nginx -t")

    glassdome("install", root, "--restart", "--image", "y", "--no-push", code=1)

    assert once == snapshot(root)
    glassdome("uninstall", root)
    assert before == snapshot(root)


def test_check_says_what_would_fail(tmp_path: Path, docker: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """More cores than there are, a server that refuses its files: told with the fix, and nothing is changed."""
    root = make_mailcow(tmp_path / "mailcow", conf=CONF + "OLLAMA_CPUS=4096\n")
    before = snapshot(root)

    said = glassdome("install", root, "--check", code=1)

    assert "FAIL OLLAMA_CPUS=4096, but this host has" in said
    assert "ok try our files in nginx-mailcow" in said
    glassdome("install", root, code=2)
    monkeypatch.setenv("DOCKER_FAILS", "nginx-mailcow")
    assert "FAIL Could not try our files in nginx-mailcow" in glassdome("install", root, "--check", code=1)
    assert before == snapshot(root)


@pytest.mark.parametrize(("version", "words"), [("native", "docker compose up"), ("standalone", "docker-compose up")])
def test_the_compose_that_mailcow_uses(tmp_path: Path, version: str, words: str) -> None:
    """mailcow.conf says whether compose is a plugin or a program."""
    root = make_mailcow(tmp_path / "mailcow", conf=CONF + f"DOCKER_COMPOSE_VERSION={version}\n")

    assert words in glassdome("install", root, "--dry-run")


def test_removal_with_and_without_the_database(tmp_path: Path, docker: Path) -> None:
    """Our services stop while compose still knows them; the analyses go with --purge only."""
    root = make_mailcow(tmp_path / "mailcow")
    before = snapshot(root)
    for purge in ((), ("--purge",)):
        glassdome("install", root)
        docker.write_text("")
        glassdome("uninstall", root, "--restart", *purge)
        said = docker.read_text()
        assert said.index("rm --stop --force llm-processor-mailcow ollama-mailcow") < said.index("--remove-orphans")
        assert ("DROP DATABASE" in said) is bool(purge)
        assert before == snapshot(root)


def test_the_statements_by_hand(tmp_path: Path) -> None:
    """The printed command pipes the SQL, and nothing else."""
    root = make_mailcow(tmp_path / "mailcow")
    assert "glassdome mailcow sql . | docker compose exec" in glassdome("install", root)
    assert glassdome("sql", root).startswith("CREATE DATABASE IF NOT EXISTS `glassdome`")
    assert glassdome("sql", root, "--drop").startswith("DROP DATABASE")


def test_without_docker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sentence says where to run it."""
    root = make_mailcow(tmp_path / "mailcow")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "Docker was not found" in glassdome("install", root, "--restart", "--image", "x", code=2)


def test_the_statements_on_a_real_server(mariadb: MariaDB) -> None:
    """Twice without harm; the user may do everything in our schema and see nothing of any other; drop leaves nothing."""
    values = new_values() | {"GLASSDOME_DBNAME": "gd_deploy", "GLASSDOME_DBUSER": "gd_deployer"}
    admin = pymysql.connect(host="127.0.0.1", port=mariadb.port, user="root", autocommit=True)
    cursor = admin.cursor()
    cursor.execute("CREATE DATABASE IF NOT EXISTS gd_foreign")
    for _ in range(2):
        run(cursor, schema_statements(values))

    ours = pymysql.connect(
        host="127.0.0.1", port=mariadb.port, user="gd_deployer", password=values["GLASSDOME_DBPASS"], autocommit=True
    )
    with ours.cursor() as mine:
        mine.execute("SHOW DATABASES")
        assert {"gd_deploy", "information_schema"} == {row[0] for row in mine.fetchall()}
        mine.execute("CREATE TABLE gd_deploy.llm_x (a TEXT)")
        mine.execute("SHOW CREATE TABLE gd_deploy.llm_x")
        assert "utf8mb4" in mine.fetchone()[1]
        with pytest.raises(pymysql.err.OperationalError):
            mine.execute("CREATE TABLE gd_foreign.llm_x (a TEXT)")
    ours.close()
    for _ in range(2):
        run(cursor, drop_statements(values))
    cursor.execute("SELECT COUNT(*) FROM mysql.user WHERE user = 'gd_deployer'")
    assert 0 == cursor.fetchone()[0]
    cursor.execute("DROP DATABASE gd_foreign")
    admin.close()


def run(cursor: pymysql.cursors.Cursor, statements: str) -> None:
    """Run each statement, as the client program does."""
    for statement in filter(str.strip, statements.split(";\n")):
        cursor.execute(statement)
