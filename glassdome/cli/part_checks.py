"""Lists the parts of Glassdome that are on, and how to turn on the others: the last lines of `glassdome doctor`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from glassdome.bootstrap.mailboxes import chosen_by_settings, open_store
from glassdome.cli.checks import Check, Health
from glassdome.core.config import Settings
from glassdome.core.config.field import parts_of
from glassdome.core.errors import GlassdomeError
from glassdome.values.preferences import Preferences

__all__ = ["part_checks"]

_OVERSEER = "Set GLASSDOME_OVERSEER_MAILBOX and GLASSDOME_OVERSEER_PASSWORD, and run `glassdome agent run`"
#: What may be done to a mailbox's mail, by the name of its preference.
_ACTIONS = ("flag_phishing", "flag_categories", "move_to_junk", "drafts")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stored:
    """The database's part of the answer."""

    chosen: tuple[Preferences, ...]
    registered: int


async def part_checks(settings: Settings) -> list[Check]:
    """Return one finding per part. A part that is off is no fault, so each is well; `fix` says how to switch it on."""
    try:
        stored = await _stored(settings)
    except (GlassdomeError, OSError):
        # The check of the database reports it.
        return list(_by_settings(settings))
    return [_analysis(settings, stored), *_by_settings(settings), _agent(stored), _actions(stored.chosen)]


async def _stored(settings: Settings) -> _Stored:
    async with open_store(settings, migrated=False) as database:
        names = sorted({*await database.preferences.chosen_mailboxes(), *chosen_by_settings(settings)})
        preferences = [await database.preferences.get_preferences(name) for name in names]
        return _Stored(chosen=tuple(preferences), registered=len(await database.mailboxes.list()))


def _on(name: str, detail: str) -> Check:
    return Check(name=name, health=Health.OK, detail=f"on: {detail}")


def _off(name: str, detail: str, fix: str) -> Check:
    return Check(name=name, health=Health.OK, detail=f"off: {detail}", fix=fix)


def _analysis(settings: Settings, stored: _Stored) -> Check:
    judged = [each for each in stored.chosen if each.auto_analysis]
    domains = sorted(settings.domain_names)
    if not settings.imap_host:
        return _off("analysis", "no mail server is set", "Set GLASSDOME_IMAP_HOST, or MAILCOW_API_URL.")
    if not (judged or domains):
        return _off("analysis", "no mailbox is enabled", "Set GLASSDOME_MAILBOXES, or enable one in the web UI.")
    what = ", ".join([_count(len(judged), "mailbox", "mailboxes"), *(f"all of {domain}" for domain in domains)])
    if settings.engine_name != "builtin":
        return _on("analysis", f"{what}, with the language model of {settings.engine_name}")
    alone = _on("analysis", f"{what}, without a language model")
    return replace(alone, fix="For one set OLLAMA_HOST, then: glassdome models pull (docs/howto/models.md)")


def _by_settings(settings: Settings) -> Iterator[Check]:
    if settings.push_secret is not None:
        yield _on("push", "Dovecot rings at each delivery")
    else:
        fix = "In mailcow: glassdome mailcow install; elsewhere set GLASSDOME_PUSH_SECRET (docs/howto/any-server.md)."
        yield _off("push", "IDLE and polling find new mail", fix)
    yield from _overseer(settings)


def _overseer(settings: Settings) -> Iterator[Check]:
    sender, recipients = settings.overseer_mailbox, parts_of(settings.overseer_recipients)
    if not sender:
        yield _off("overseer", "no alerts when something fails", f"{_OVERSEER}.")
    else:
        yield _on("overseer", f"it writes from {sender}, wherever `glassdome agent run` runs")
    told = sender and recipients and settings.smtp_host
    fix = f"{'S' if sender else f'{_OVERSEER}; s'}et GLASSDOME_OVERSEER_RECIPIENTS."
    yield _on("alerts", f"to {', '.join(recipients)}") if told else _off("alerts", "without recipients", fix)
    times = {"daily": settings.overseer_daily_at, "weekly": settings.overseer_weekly_at}
    sent = [f"{name} at {at}" for name, at in times.items() if at.strip().lower() != "never"]
    if told and sent:
        yield _on("reports", f"{', '.join(sent)}, {settings.overseer_timezone}")
    else:
        why = "without recipients" if sent else "both are set to `never`"
        yield _off("reports", why, fix if sent else "Set GLASSDOME_OVERSEER_DAILY_AT or _WEEKLY_AT.")
    yield _commands(settings)


def _commands(settings: Settings) -> Check:
    senders = [entry.rpartition(":")[0] or entry for entry in parts_of(settings.command_senders)]
    missing = [
        name
        for name, there in (
            ("GLASSDOME_OVERSEER_MAILBOX", settings.overseer_mailbox),
            ("GLASSDOME_COMMAND_SENDERS", senders),
            ("GLASSDOME_COMMAND_SECRET", settings.command_secret),
        )
        if not there
    ]
    if missing:
        return _off("commands", "no mail is obeyed", f"Set {', '.join(missing)} (docs/howto/mail-commands.md).")
    return _on("commands", f"by mail from {', '.join(senders)}")


def _agent(stored: _Stored) -> Check:
    if stored.registered:
        return _on("agent", f"{_count(stored.registered, 'mailbox', 'mailboxes')} registered")
    return _off("agent", "no mailbox is registered with it", "Run: glassdome mailbox register a@example.org")


def _actions(chosen: Sequence[Preferences]) -> Check:
    counts = {name: sum(getattr(each, name) for each in chosen) for name in _ACTIONS}
    on = [f"{name} in {count}" for name, count in counts.items() if count]
    if on:
        return _on("actions", f"{', '.join(on)} of {_count(len(chosen), 'mailbox', 'mailboxes')}")
    return _off("actions", "nothing is done to any mail", "Each mailbox has its switches in the web UI, Preferences.")


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
