"""Lists the commands that an installation runs: image, database, containers. Every command can be read before it runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from glassdome.core.errors import ConfigError
from glassdome.deploy.engine import ContainerEngine, ShellCommand
from glassdome.deploy.options import Options
from glassdome.deploy.parts import APPS, OUR_SERVICES, PANEL, default_image
from glassdome.deploy.render import render
from glassdome.deploy.sogo import SOGO_SERVICE
from glassdome.deploy.trial import TRIALS, packed

__all__ = [
    "after_removal",
    "before_install",
    "before_removal",
    "bring_up",
    "build_image",
    "drop_statements",
    "pull_model",
    "schema_statements",
    "take_back",
    "verify_placed",
]

_RESTARTED: Final = ("dovecot-mailcow", "rspamd-mailcow", "nginx-mailcow")
#: Seconds in which a model server that was just started answers.
_MODEL_SERVER_SECONDS: Final = 120
_PLUGIN: Final = "lib22_push_notification_lua_plugin.so"


def schema_statements(values: Mapping[str, str]) -> str:
    """Return the SQL that makes our own schema and user; running it twice changes nothing."""
    return render("schema.sql", **_names(values), DBPASS=values["GLASSDOME_DBPASS"])


def drop_statements(values: Mapping[str, str]) -> str:
    """Return the SQL that removes both, with every analysis."""
    return render("schema-drop.sql", **_names(values))


def before_install(options: Options, files: Mapping[str, bytes], engine: ContainerEngine) -> list[ShellCommand]:
    """Return what must succeed before a file is placed: each server accepts our files, on a copy of its own.

    A plugin that Dovecot lacks would stop every delivery, so it is looked for first.
    """
    found = []
    if options.push:
        look = f"ls /usr/lib/dovecot/{_PLUGIN} /usr/lib/dovecot/modules/{_PLUGIN} 2>/dev/null | grep ."
        why = "find Dovecot's Lua push notification (without it: --no-push)"
        found.append(engine.compose(why, "exec", "-T", "dovecot-mailcow", "sh", "-c", look))
    for trial in TRIALS:
        if ours := trial.files(files):
            why = f"try our files in {trial.service}"
            run_it = ("exec", "-T", trial.service, "sh", "-c", trial.script)
            found.append(engine.compose(why, *run_it, feed=packed(ours), typed=f"{why} (on a copy)"))
    if page := files.get(APPS):
        # A mistake in that file would take mailcow's panel down.
        check = engine.compose("check the link in mailcow's Apps", "exec", "-T", PANEL, "php", "-l", feed=page)
        found.append(replace(check, typed=f"{check.line} < {APPS}"))
    return found


def pull_model(engine: ContainerEngine) -> ShellCommand:
    """Return what fetches the language model, with a progress bar at a terminal, once the server is there."""
    fetch = ("glassdome", "models", "pull", "--wait", str(_MODEL_SERVER_SECONDS))
    return engine.compose("fetch the language model", "exec", "llm-processor-mailcow", *fetch)


def verify_placed(engine: ContainerEngine) -> list[ShellCommand]:
    """Return the checks of the placed files, by the servers that will read them; none has read them yet."""
    return [
        engine.compose(f"check the files of {trial.service}", "exec", "-T", trial.service, *trial.placed)
        for trial in TRIALS
    ]


def build_image(options: Options, engine: ContainerEngine) -> list[ShellCommand]:
    """Return the build of the image, where none was named and this runs from a checkout."""
    source = _source()
    if options.image or source is None:
        return []
    build = (*engine.build, "-t", default_image(), "-f", f"{source}/deploy/Dockerfile", str(source))
    return [ShellCommand(why="build the image", argv=build)]


def bring_up(
    values: Mapping[str, str], conf: Mapping[str, str], engine: ContainerEngine, *, sogo: bool = False
) -> list[ShellCommand]:
    """Return what brings an installation to life, in order, once every server accepts its files.

    `sogo`: its pages changed too.
    """
    return [
        _sql("make our own schema and user", schema_statements(values), conf, engine),
        engine.compose("start Glassdome, and what its settings touch", "up", "-d"),
        _restart(engine, sogo=sogo),
    ]


def take_back(engine: ContainerEngine, *, sogo: bool = False) -> list[ShellCommand]:
    """Return what brings mailcow back after a failed installation whose files are gone again."""
    return [
        engine.compose("apply mailcow's own settings", "up", "-d", "--remove-orphans"),
        _restart(engine, sogo=sogo),
    ]


def before_removal(options: Options, engine: ContainerEngine) -> list[ShellCommand]:
    """Return what must run while the compose file still knows our services."""
    placed = {"ollama-mailcow": options.ollama, "llm-agent-mailcow": options.agent}
    names = [name for name in OUR_SERVICES if placed.get(name, True)]
    return [engine.compose("stop Glassdome", "rm", "--stop", "--force", *names)]


def after_removal(
    values: Mapping[str, str], conf: Mapping[str, str], engine: ContainerEngine, *, purge: bool, sogo: bool = False
) -> list[ShellCommand]:
    """Return what lets mailcow forget us; `purge` drops our schema with every analysis."""
    found = take_back(engine, sogo=sogo)
    if purge and "GLASSDOME_DBNAME" in values:
        found.append(_sql("drop our schema and user", drop_statements(values), conf, engine, drop=True))
    return found


def _restart(engine: ContainerEngine, *, sogo: bool) -> ShellCommand:
    services = (*_RESTARTED, SOGO_SERVICE) if sogo else _RESTARTED
    return engine.compose("let them read their files", "restart", *services)


def _names(values: Mapping[str, str]) -> dict[str, str]:
    for name in ("GLASSDOME_DBNAME", "GLASSDOME_DBUSER", "GLASSDOME_DBPASS"):
        if not values[name] or any(c in values[name] for c in "`'\"\\\n"):
            raise ConfigError(f"{name} in mailcow.conf may hold no quotes and must not be empty.")
    return {"DBNAME": values["GLASSDOME_DBNAME"], "DBUSER": values["GLASSDOME_DBUSER"]}


def _sql(
    why: str, statements: str, conf: Mapping[str, str], engine: ContainerEngine, *, drop: bool = False
) -> ShellCommand:
    """Run SQL as root. The password goes in by the first line, since arguments can be seen by every user."""
    client = "read -r MYSQL_PWD; export MYSQL_PWD; exec mysql -uroot"
    compose = " ".join(engine.compose_argv)
    return engine.compose(
        why,
        *("exec", "-T", "mysql-mailcow", "sh", "-c", client),
        feed=f"{conf.get('DBROOT', '')}\n{statements}",
        typed=f"glassdome mailcow sql . {'--drop ' if drop else ''}| {compose} exec -T mysql-mailcow mysql -uroot -p",
    )


def _source() -> Path | None:
    """Return our checkout, where this runs from one."""
    root = Path(__file__).resolve().parents[2]
    return root if (root / "deploy" / "Dockerfile").is_file() else None
