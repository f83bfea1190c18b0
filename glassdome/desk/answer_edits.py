"""One rule of automatic answers put, removed or switched, and the absence notice; checked and audited as the whole list is."""

from __future__ import annotations

from typing import Any, Final, Literal

from pydantic import ValidationError

from glassdome.core.errors import InputError, NotFound
from glassdome.desk.answers import AnswerRulesEdit, change_rules, rules_of
from glassdome.desk.keys import Caller
from glassdome.desk.preferences import PreferencesEdit, Whose, change_preferences
from glassdome.desk.services import Services

__all__ = ["put_rule", "set_absence", "switch_rule"]

_ABSENCE: Final = ("absence", "absence_from", "absence_until", "absence_subject")


async def put_rule(services: Services, caller: Caller, mailbox: str, rule: dict[str, Any]) -> dict[str, Any]:
    """Store a rule in the place of the one of its name, else behind all others; return all. Raises InputError."""
    rules = await _rules(services, caller, mailbox)
    name = rule.get("name")
    replaced = [rule if known["name"] == name else known for known in rules]
    return await _store(services, caller, mailbox, replaced if rule in replaced else [*rules, rule])


async def switch_rule(
    services: Services, caller: Caller, mailbox: str, name: str, to: Literal["on", "off", "removed"]
) -> dict[str, Any]:
    """Switch a rule on or off, or remove it; return all. Raises NotFound."""
    rules = await _rules(services, caller, mailbox)
    if name not in {rule["name"] for rule in rules}:
        raise NotFound(f"This mailbox has no rule {name}.")
    if to == "removed":
        return await _store(services, caller, mailbox, [rule for rule in rules if rule["name"] != name])
    switched = [rule | {"enabled": to == "on"} if rule["name"] == name else rule for rule in rules]
    return await _store(services, caller, mailbox, switched)


async def set_absence(
    services: Services, caller: Caller, mailbox: str, text: str, *, since: str, until: str, subject: str
) -> None:
    """Store the absence notice; an empty text ends it. Raises InputError, NotFound."""
    if since and until and until < since:
        raise InputError("The absence ends before it begins.")
    values = dict(zip(_ABSENCE, (text.strip(), since, until, subject.strip()), strict=True))
    try:
        edit = PreferencesEdit(username=mailbox, **values)
    except ValidationError as exc:
        raise InputError(_why(exc)) from exc
    await change_preferences(services, caller, edit)


async def _rules(services: Services, caller: Caller, mailbox: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await rules_of(services, caller, Whose(username=mailbox)))["rules"]
    return found


async def _store(services: Services, caller: Caller, mailbox: str, rules: list[dict[str, Any]]) -> dict[str, Any]:
    try:
        edit = AnswerRulesEdit(mailbox=mailbox, rules=rules)
    except ValidationError as exc:
        raise InputError(_why(exc)) from exc
    return await change_rules(services, caller, edit)


def _why(exc: ValidationError) -> str:
    found = exc.errors()[0]
    names = [part for part in found["loc"] if isinstance(part, str) and part != "rules"]
    return f"{'.'.join(names)}: {found['msg']}."
