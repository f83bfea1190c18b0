"""`glassdome answers`: the absence notice and the rules by which a mailbox answers by itself."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Literal

from rich.table import Table
from rich.text import Text

from glassdome.bootstrap.wire import open_app
from glassdome.cli.console import errors_told, load_settings, operator, out, print_json, run
from glassdome.core.clock import SystemClock
from glassdome.core.config import Settings
from glassdome.core.errors import InputError
from glassdome.core.limits import MAX_SETTING_CHARS
from glassdome.desk.answer_edits import put_rule, set_absence, switch_rule
from glassdome.desk.answers import rules_of
from glassdome.desk.email_id import as_mailbox
from glassdome.desk.keys import Caller, Scope
from glassdome.desk.preferences import Whose, preferences_of
from glassdome.desk.services import Services
from glassdome.desk.wiring import services_of

__all__ = ["absence", "add", "list_rules", "switch"]


def list_rules(mailbox: str, *, as_json: bool) -> None:
    """Show the absence notice and the rules of a mailbox, in their order."""
    found = _with(lambda services, caller: _all(services, caller, mailbox))
    if as_json:
        print_json(found)
        return
    notice = found["absence"]
    out.print(Text(_told(notice) if notice["text"] else "No absence notice."))
    table = Table(box=None, header_style="bold")
    for name in ("rule", "for", "days", "on", "text"):
        table.add_column(name, overflow="fold")
    for rule in found["rules"]:
        cells = (rule["name"], _conditions(rule), rule["days"], "yes" if rule["enabled"] else "no", rule["text"])
        table.add_row(*map(Text, map(str, cells)))
    if found["rules"]:
        out.print(table)


def add(mailbox: str, rule: dict[str, Any], *, file: Path | None) -> None:
    """Add a rule, or replace the one of that name."""
    with errors_told():
        whole = rule | {"text": _text(rule["text"], file)}
    _with(lambda services, caller: put_rule(services, caller, mailbox, whole))
    out.print(Text(f"The rule {rule['name']} is stored."))


def switch(mailbox: str, name: str, to: Literal["on", "off", "removed"]) -> None:
    """Switch a rule on or off, or remove it."""
    _with(lambda services, caller: switch_rule(services, caller, mailbox, name, to))
    out.print(Text(f"The rule {name} is {to}."))


def absence(mailbox: str, text: str, *, file: Path | None, since: str, until: str, subject: str) -> None:
    """Store the absence notice; an empty text ends it."""
    with errors_told():
        words = _text(text, file) if file is not None or text else ""
    _with(lambda s, c: set_absence(s, c, mailbox, words, since=since, until=until, subject=subject))
    out.print("The absence notice is stored." if words else "There is no absence notice any more.")


async def _all(services: Services, caller: Caller, mailbox: str) -> dict[str, Any]:
    whose = Whose(username=as_mailbox(mailbox))
    wishes = await preferences_of(services, caller, whose)
    notice = {
        "text": wishes["absence"],
        "from": wishes["absence_from"],
        "until": wishes["absence_until"],
        "subject": wishes["absence_subject"],
    }
    return await rules_of(services, caller, whose) | {"absence": notice}


def _told(notice: dict[str, str]) -> str:
    days = [f"{word} {notice[word]}" for word in ("from", "until") if notice[word]]
    return f"Absence notice{''.join(f' {day}' for day in days)}: {notice['text']}"


def _conditions(rule: dict[str, Any]) -> str:
    names = ("categories", "sender_domains", "subject_words", "recipients")
    return "; ".join(f"{name.replace('_', ' ')}: {', '.join(rule[name])}" for name in names if rule[name]) or "all"


def _text(text: str, file: Path | None) -> str:
    """Return the text of an answer, from a file where one is given; raises InputError."""
    if bool(text) == (file is not None):
        raise InputError("Give the text of the answer, or the file that has it.", fix="Use --text or --file.")
    if file is None:
        return text
    try:
        with file.open(encoding="utf-8") as stream:
            return stream.read(MAX_SETTING_CHARS + 1).strip()
    except UnicodeDecodeError as exc:
        raise InputError(f"{file} is not UTF-8.") from exc


def _with(work: Callable[[Services, Caller], Awaitable[Any]]) -> Any:
    with errors_told():
        settings = load_settings()
    return run(_done(settings, work))


async def _done(settings: Settings, work: Callable[[Services, Caller], Awaitable[Any]]) -> Any:
    async with open_app(settings, clock=SystemClock()) as app:
        return await work(services_of(app), Caller(name=operator(), scope=Scope.RW))
