"""What must be run beside the files: image, database, containers. Every command can be read before it runs."""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from glassdome.core.errors import ConfigError, PeerRefused
from glassdome.deploy.options import Options
from glassdome.deploy.parts import default_image
from glassdome.deploy.render import render

__all__ = [
    "Command",
    "after_install",
    "after_removal",
    "before_install",
    "before_removal",
    "drop_statements",
    "run",
    "schema_statements",
]

_COMPOSE: Final = ("docker", "compose")
_RESTARTED: Final = ("dovecot-mailcow", "rspamd-mailcow", "nginx-mailcow")
_PLUGIN: Final = "lib22_push_notification_lua_plugin.so"
_OURS: Final = ("llm-processor-mailcow", "ollama-mailcow")
#: Seconds for building an image or pulling one.
_PATIENCE: Final = 1800


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One command; `why` is for people, `feed` goes to its standard input, `typed` is how a person would do the same."""

    why: str
    argv: tuple[str, ...]
    feed: str = ""
    typed: str = ""

    @property
    def line(self) -> str:
        """As one would type it; no secret is in it."""
        return self.typed or shlex.join(self.argv)


def schema_statements(values: Mapping[str, str]) -> str:
    """Return the SQL that makes our own schema and user; running it twice changes nothing."""
    return render("schema.sql", **_names(values), DBPASS=values["GLASSDOME_DBPASS"])


def drop_statements(values: Mapping[str, str]) -> str:
    """Return the SQL that removes both, with every analysis."""
    return render("schema-drop.sql", **_names(values))


def before_install(options: Options) -> list[Command]:
    """Return what must be true before a file is placed: a plugin that Dovecot lacks would stop every delivery."""
    if not options.push:
        return []
    look = f"ls /usr/lib/dovecot/{_PLUGIN} /usr/lib/dovecot/modules/{_PLUGIN} 2>/dev/null | grep ."
    why = "see whether Dovecot has its Lua push notification (if not: --no-push)"
    return [_compose(why, "exec", "-T", "dovecot-mailcow", "sh", "-c", look)]


def after_install(root: Path, options: Options, values: Mapping[str, str], conf: Mapping[str, str]) -> list[Command]:
    """Return what brings an installation to life, in order. nginx is only restarted once it accepts its files."""
    found = []
    source = _source()
    if not options.image and source is not None:
        build = ("docker", "build", "-t", default_image(), "-f", f"{source}/deploy/Dockerfile", str(source))
        found.append(Command(why="build the image", argv=build))
    return [
        *found,
        _sql("make our own schema and user", schema_statements(values), conf),
        _compose("start Glassdome, and what its settings touch", "up", "-d"),
        _compose("check nginx's files", "exec", "-T", "nginx-mailcow", "nginx", "-t"),
        _compose("check Rspamd's files", "exec", "-T", "rspamd-mailcow", "rspamadm", "configtest"),
        _compose("check Dovecot's files", "exec", "-T", "dovecot-mailcow", "doveconf", "-n"),
        _compose("let them read their files", "restart", *_RESTARTED),
    ]


def before_removal(options: Options) -> list[Command]:
    """Return what must run while the compose file still knows our services."""
    names = _OURS if options.ollama else _OURS[:1]
    return [_compose("stop Glassdome", "rm", "--stop", "--force", *names)]


def after_removal(values: Mapping[str, str], conf: Mapping[str, str], *, purge: bool) -> list[Command]:
    """Return what lets mailcow forget us; `purge` drops our schema with every analysis."""
    found = [
        _compose("apply mailcow's own settings", "up", "-d", "--remove-orphans"),
        _compose("let them read their files", "restart", *_RESTARTED),
    ]
    if purge and "GLASSDOME_DBNAME" in values:
        found.append(_sql("drop our schema and user", drop_statements(values), conf, drop=True))
    return found


def run(command: Command, *, folder: Path) -> None:
    """Run it in mailcow's folder; raises ConfigError without Docker, PeerRefused when it fails."""
    try:
        done = subprocess.run(  # noqa: S603 - the commands above, whose every part is ours or was checked
            command.argv,
            cwd=folder,
            input=command.feed.encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=_PATIENCE,
            check=False,
        )
    except FileNotFoundError as exc:
        raise ConfigError(
            "Docker was not found.", fix="Run this on mailcow's host, or run the commands there."
        ) from exc
    except subprocess.TimeoutExpired as exc:
        raise PeerRefused(f"`{command.line}` did not end in {_PATIENCE} seconds.") from exc
    if done.returncode:
        tail = done.stdout.decode("utf-8", "replace").strip()[-800:]
        raise PeerRefused(f"Could not {command.why}: `{command.line}` ended with status {done.returncode}. {tail}")


def _names(values: Mapping[str, str]) -> dict[str, str]:
    for name in ("GLASSDOME_DBNAME", "GLASSDOME_DBUSER", "GLASSDOME_DBPASS"):
        if not values[name] or any(c in values[name] for c in "`'\"\\\n"):
            raise ConfigError(f"{name} in mailcow.conf may hold no quotes and must not be empty.")
    return {"DBNAME": values["GLASSDOME_DBNAME"], "DBUSER": values["GLASSDOME_DBUSER"]}


def _sql(why: str, statements: str, conf: Mapping[str, str], *, drop: bool = False) -> Command:
    """Run SQL as root. The password goes in by the first line, since arguments can be seen by every user."""
    client = "read -r MYSQL_PWD; export MYSQL_PWD; exec mysql -uroot"
    return Command(
        why=why,
        argv=(*_COMPOSE, "exec", "-T", "mysql-mailcow", "sh", "-c", client),
        feed=f"{conf.get('DBROOT', '')}\n{statements}",
        typed=f"glassdome mailcow sql . {'--drop ' if drop else ''}| docker compose exec -T mysql-mailcow mysql -uroot -p",
    )


def _compose(why: str, *arguments: str) -> Command:
    return Command(why=why, argv=(*_COMPOSE, *arguments))


def _source() -> Path | None:
    """Return our checkout, where this runs from one."""
    root = Path(__file__).resolve().parents[2]
    return root if (root / "deploy" / "Dockerfile").is_file() else None
