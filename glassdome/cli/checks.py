"""The checks of the doctor: one function per part, each yielding findings and raising nothing."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from glassdome.bootstrap.mailboxes import (
    chosen_by_settings,
    login_of_settings,
    mail_logins,
    master_logins,
    open_store,
)
from glassdome.bootstrap.models import engine_of, language_model
from glassdome.bootstrap.roles import known_speed, known_test
from glassdome.cli.action_checks import cannot_work
from glassdome.cli.console import file_problem
from glassdome.core.clock import Clock
from glassdome.core.config import DEFAULT_CONFIG, Settings, misspelt_names
from glassdome.core.config.hidden import hidden_values
from glassdome.core.errors import (
    ConfigError,
    Disconnected,
    GlassdomeError,
    LoginRefused,
    SchemaMismatch,
    StoreError,
)
from glassdome.core.log import redact
from glassdome.engine.builtin import BuiltinEngine
from glassdome.engine.gate import parse_policies
from glassdome.engine.llm.engine import LlmEngine
from glassdome.integrations.imap.login import ImapServer, greet, log_in
from glassdome.integrations.mail_servers import imap_server, smtp_server
from glassdome.integrations.mailcow_client import MailcowClient
from glassdome.integrations.smtp.sender import SmtpSender
from glassdome.pipeline.owner_rules import read_rules
from glassdome.shapes.model_speed import speed_sentence
from glassdome.store import check_schema, migrate
from glassdome.values.credentials import Credentials
from glassdome.values.preferences import Preferences

__all__ = ["Check", "Health", "all_checks"]

#: Free bytes below which a mail server's disk is about to be full.
_LOW_DISK: Final = 500 * 1024 * 1024
#: Mailboxes whose login is tried: each wrong one costs seconds and counts for fail2ban.
_LOGINS_TRIED: Final = 3
#: What to do where the error itself knows nothing better; the doctor writes no log that one could be sent to.
_FIXES: Final = {
    "settings": "Correct this setting; `glassdome config show` tells where it comes from.",
    "database": "Look into the database server's log.",
    "imap": "Is the mail server started? Check GLASSDOME_IMAP_HOST, _IMAP_PORT and _IMAP_TLS, and the firewall.",
    "smtp": "Is the mail server started? Check GLASSDOME_SMTP_HOST, _SMTP_PORT and _SMTP_TLS, and the firewall.",
    "mailcow": "Is mailcow started? Check MAILCOW_API_URL and the key, and the firewall.",
    "model": "Is the model server started? Check its address: `glassdome config show`.",
}


class Health(StrEnum):
    """The result of a check, from best to worst."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One finding; `fix` says what to do about it."""

    name: str
    health: Health
    detail: str
    fix: str = ""


def _ok(name: str, detail: str) -> Check:
    return Check(name=name, health=Health.OK, detail=detail)


def _warn(name: str, detail: str, fix: str) -> Check:
    return Check(name=name, health=Health.WARN, detail=detail, fix=fix)


def _fail(name: str, exc: GlassdomeError) -> Check:
    cause = f" ({redact(str(exc.facts['cause']))})" if "cause" in exc.facts else ""
    return Check(name=name, health=Health.FAIL, detail=f"{exc.message}{cause}", fix=exc.fix or _FIXES[name])


async def all_checks(settings: Settings, *, clock: Clock) -> AsyncIterator[Check]:
    """Yield the findings as they are made."""
    for check in await asyncio.to_thread(lambda: list(_settings(settings))):
        yield check
    for name, part in _PARTS.items():
        try:
            for check in await part(settings):
                yield check
        except GlassdomeError as exc:
            yield _fail(name, exc)
        except OSError as exc:
            if exc.filename is None:
                raise
            # A folder or file that is not there, or not ours: the next part may work all the same.
            detail, fix = file_problem(exc), "Is it there, and may this user read and write it?"
            yield Check(name=name, health=Health.FAIL, detail=detail, fix=fix)


def _settings(settings: Settings) -> Iterator[Check]:
    path = settings.config_path or DEFAULT_CONFIG
    yield _ok("settings", f"read; {path} {'is used' if path.is_file() else 'is not there, defaults hold'}")
    for name, place in misspelt_names().items():
        yield _warn("settings", f"nothing reads {name} ({place})", "Is it misspelt? See glassdome config show.")
    for hidden in hidden_values(settings):
        by = f"{hidden.by} (in mailcow: mailcow.conf)" if hidden.by.startswith("environment") else hidden.by
        fix = "Take one of the two out: an edit of the file changes nothing now."
        yield _warn("settings", f"{hidden.key} at {hidden.place} has no effect: {by} hides it", fix)
    try:
        parse_policies(settings.engine_skip)
        chosen_by_settings(settings)
    except GlassdomeError as exc:
        yield _fail("settings", exc)
    for host in sorted(settings.insecure_host_names):
        yield _warn("tls", f"the certificate of {host} is not checked", "Use GLASSDOME_CA_FILE instead.")
    if not settings.api_keys.get_secret_value() and settings.proxy_secret is None:
        yield _warn("api keys", "none is set: the REST API refuses everybody", "Set GLASSDOME_API_KEYS=<key>:rw")
    if settings.imap_host and not settings.authserv_ids:
        yield _warn(
            "authserv-id",
            "not set: what your server found of SPF, DKIM and DMARC is not used",
            "Set GLASSDOME_AUTHSERV_ID to the first word of Authentication-Results in your mail.",
        )
    if settings.imap_host and settings.alert_mailbox is None:
        yield _warn(
            "warnings",
            "no phishing warnings are sent: no mailbox is set to send them from",
            "Set GLASSDOME_OVERSEER_MAILBOX and its password, or switch the warnings off.",
        )
    yield _rules(settings)
    yield from _data_folder(settings.data_dir)


def _rules(settings: Settings) -> Check:
    path = settings.rules_path
    try:
        return _ok("rules", f"{path}: {len(read_rules(path))} read")
    except ConfigError as exc:
        if isinstance(exc.__cause__, FileNotFoundError):
            if settings.origins()["rules_path"] == "default":
                return _ok("rules", f"none: {path} is not there")
            return _warn("rules", f"{path} is not there, so no rules hold", "Write it, or correct GLASSDOME_RULES.")
        fix = "Correct the file: a running service keeps the last good rules, a restarted one has none."
        return Check(name="rules", health=Health.FAIL, detail=exc.message, fix=fix)


def _data_folder(folder: Path) -> Iterator[Check]:
    existing = next(p for p in (folder.absolute(), *folder.absolute().parents) if p.exists())
    if not os.access(existing, os.W_OK):
        yield Check(
            name="data folder",
            health=Health.FAIL,
            detail=f"{existing} cannot be written to",
            fix="Set GLASSDOME_DATA_DIR, or change the folder's owner.",
        )
        return
    free = shutil.disk_usage(existing).free
    if free < _LOW_DISK:
        yield _warn("data folder", f"{folder}: only {free // 2**20} MiB are free", "Free some space.")
    else:
        yield _ok("data folder", f"{folder}: writable, {free // 2**30} GiB free")


async def _database(settings: Settings) -> list[Check]:
    kind = settings.database.partition(":")[0]
    try:
        await check_schema(settings.database)
    except SchemaMismatch as exc:
        if "none" not in exc.message:
            raise
        await migrate(settings.database)
    async with open_store(settings, migrated=False) as database:
        await database.ping()
        chosen = await database.preferences.chosen_mailboxes()
    found = [_ok("database", f"{kind}: reachable, schema up to date")]
    listed = sorted({*chosen, *chosen_by_settings(settings)})
    if listed:
        found.append(
            _ok("mailboxes", f"{len(listed)} enabled: {', '.join(listed[:5])}{' ...' if len(listed) > 5 else ''}")
        )
    else:
        found.append(_warn("mailboxes", "none is enabled, so no mail is read", "Set GLASSDOME_MAILBOXES=a@example.org"))
    return found


async def _imap(settings: Settings) -> list[Check]:
    if not settings.imap_host:
        return [_warn("imap", "no mail server is set", "Set GLASSDOME_IMAP_HOST, or MAILCOW_API_URL.")]
    server = imap_server(settings)
    try:
        async with open_store(settings) as database:
            logins = mail_logins(lambda: settings, database.mailboxes)
            mailboxes = sorted({*await database.preferences.chosen_mailboxes(), *chosen_by_settings(settings)})
            missing = await _missing(settings, mailboxes)
            there = [box for box in mailboxes if box not in missing]
            found = [_left_over(box) for box in missing]
            for box in there[:_LOGINS_TRIED]:
                preferences = await database.preferences.get_preferences(box)
                found += await _login(server, box, logins.login_for(box), preferences)
    except (StoreError, OSError):
        # The check of the database reports it; the mail server is tried with the logins of the settings.
        known = sorted(
            box for box, named in chosen_by_settings(settings).items() if named.password or master_logins(settings)
        )
        found = [
            check for box in known[:_LOGINS_TRIED] for check in await _login(server, box, _own_login(settings, box))
        ]
    if not found:
        await greet(server)
        found.append(_ok("imap", f"{server.host}:{server.port} answers; no mailbox is known whose login can be tried"))
    return found


async def _missing(settings: Settings, mailboxes: Sequence[str]) -> list[str]:
    """Return the enabled mailboxes that mailcow does not have; none where it cannot be asked."""
    if not (mailboxes and settings.mailcow_api_url and settings.mailcow_api_key):
        return []
    try:
        async with MailcowClient.from_settings(settings) as client:
            known = {str(row.get("username", "")).lower() for row in await client.list_mailboxes()}
    except GlassdomeError:  # the check of mailcow reports it
        return []
    return [box for box in mailboxes if known and box not in known]


def _left_over(mailbox: str) -> Check:
    fix = "Disable it: `chosen: false` in its preferences, or remove it from GLASSDOME_MAILBOXES."
    return _warn("mailboxes", f"{mailbox} is enabled, but mailcow has no such mailbox", fix)


async def _login(
    server: ImapServer, mailbox: str, login: Awaitable[Credentials], preferences: Preferences | None = None
) -> list[Check]:
    try:
        session = await log_in(server, await login)
        try:
            unable = await cannot_work(session, preferences) if preferences else []
        finally:
            with contextlib.suppress(Disconnected):
                await session.log_out()
    except StoreError:
        raise
    except GlassdomeError as exc:
        return [_fail("imap", exc)]
    idle = "" if "IDLE" in session.capabilities else ", without IDLE"
    found = [_ok("imap", f"{mailbox} can be read at {server.host}:{server.port}{idle}")]
    return found + [_warn("actions", f"{mailbox}: {detail}", fix) for detail, fix in unable]


async def _own_login(settings: Settings, mailbox: str) -> Credentials:
    """Return the login that needs no database: the settings' own password, else the master user's."""
    if own := login_of_settings(settings, mailbox):
        return own
    if (master := master_logins(settings)) is None:
        raise LoginRefused(
            f"No password for {mailbox} is known without the database.", fix="Repair the database first."
        )
    return await master.login_for(mailbox)


async def _smtp(settings: Settings) -> list[Check]:
    if not settings.smtp_host:
        return []
    server = smtp_server(settings)
    await SmtpSender(server).probe()
    return [_ok("smtp", f"{server.host}:{server.port} offers submission over TLS")]


async def _mailcow(settings: Settings) -> list[Check]:
    if not settings.mailcow_api_url:
        return []
    if settings.mailcow_api_key is None and settings.mail_api_uid is None:
        return [_warn("mailcow", "no API key is set: mailboxes cannot be managed", "Set MAILCOW_API_KEY.")]
    async with MailcowClient.from_settings(settings) as client:
        version = await client.objects.version()
    return [_ok("mailcow", f"{settings.mailcow_api_url} answers, version {version}")]


async def _engine(settings: Settings) -> list[Check]:
    await asyncio.to_thread(BuiltinEngine)
    found = [_ok("engine", "the built-in engine is ready")]
    model = await asyncio.to_thread(language_model, settings)
    if model is None:
        return found
    try:
        facts = await model.facts()
        slots = f", {facts.slots} at once" if facts.slots else ""
        detail = f"{facts.model} at {facts.server or settings.engine_name}, {facts.context_tokens} tokens{slots}"
        engine = engine_of(model, settings)
        found += [_ok(settings.engine_name, detail), *await _speed(engine, settings), await _role(engine, settings)]
    finally:
        await model.aclose()
    return found


async def _speed(engine: LlmEngine, settings: Settings) -> list[Check]:
    """Tell a model that takes too long; the database is checked elsewhere."""
    speed = await known_speed(engine, settings)
    if speed is None or not (speed.answered or speed.too_slow):
        return []
    told = f"in the last hour {speed_sentence(speed)}"
    fix = "Choose a smaller model, lower GLASSDOME_MAX_EMAIL_SIZE, or raise GLASSDOME_MODEL_TIMEOUT."
    return [_warn("model speed", f"slow: {told}", fix) if speed.slow else _ok("model speed", told)]


async def _role(engine: LlmEngine, settings: Settings) -> Check:
    """Tell what the model earned; the database is checked elsewhere."""
    test = await known_test(engine, settings)
    if test is None:
        detail = f"{engine.model} was not tested: the built-in engine decides alone"
        return _warn("model role", detail, "`serve` tests it in the background; now: glassdome models test")
    counts = f", for {', '.join(sorted(test.grant.fields))}" if test.grant.fields else ""
    return _ok("model role", f"{test.grant.role}{counts} (tested {test.tested_at:%Y-%m-%d})")


_PARTS: Final[dict[str, Callable[[Settings], Awaitable[list[Check]]]]] = {
    "database": _database,
    "imap": _imap,
    "smtp": _smtp,
    "mailcow": _mailcow,
    "model": _engine,
}
