"""The owner's declarative rules: read from TOML, matched before anything statistical."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from typing import Any, Final, get_args

from glassdome.core import limits
from glassdome.core.errors import ConfigError
from glassdome.engine.builtin.categories import CATEGORIES
from glassdome.values.message import Message
from glassdome.values.rules import Position, Rule

__all__ = ["load_rules", "matches", "ruled_categories", "ruled_priority"]

#: Characters of a header value a pattern is tried on.
_MATCHED_CHARS: Final = 1_000
_CONDITIONS: Final = ("sender", "list", "subject", "header", "position", "larger_than", "smaller_than")
_KNOWN: Final = frozenset((*_CONDITIONS, "name", "mailbox", "category", "priority"))
_TABLE: Final = re.compile(r"^[ \t]*\[\[[ \t]*rule[ \t]*\]\]", re.MULTILINE)


def matches(rule: Rule, message: Message, mailbox: str) -> bool:
    """Return whether every condition of `rule` holds for `message` in `mailbox`."""
    return (
        _any(rule.mailboxes, [mailbox])
        and _any(rule.sender, [address.addr for address in message.header_from] or [""])
        and _any(rule.lists, [message.lists.list_id])
        and _any(rule.subject, [message.subject])
        and all(_any((pattern,), message.header_all(name)) for name, pattern in rule.headers)
        and (rule.position is None or rule.position == _position(message, mailbox))
        and (rule.larger_than is None or message.size > rule.larger_than)
        and (rule.smaller_than is None or message.size < rule.smaller_than)
    )


def ruled_categories(rules: Iterable[Rule]) -> tuple[str, ...]:
    """Return the categories that the matching `rules` give, in their order."""
    named = dict.fromkeys(category for rule in rules for category in rule.categories)
    return tuple(named)[: limits.MAX_CATEGORIES]


def ruled_priority(rules: Iterable[Rule]) -> int | None:
    """Return the priority of the first matching rule that sets one."""
    return next((rule.priority for rule in rules if rule.priority is not None), None)


def load_rules(text: str) -> tuple[Rule, ...]:
    """Read rules from TOML, one `[[rule]]` table each; raises ConfigError naming line, rule and mistake."""
    if len(text) > limits.MAX_RULES_CHARS:
        raise ConfigError(f"The rules are longer than {limits.MAX_RULES_CHARS} characters.")
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"The rules are not valid TOML: {error}.") from error
    tables = raw.pop("rule", [])
    if raw or not isinstance(tables, list):
        raise ConfigError(f"Rules are [[rule]] tables; {', '.join(raw) or 'rule'} is not one.")
    # tomllib tells no lines: the n-th table begins at the n-th header, unless a text of several lines holds another.
    lines = [text.count("\n", 0, found.end()) + 1 for found in _TABLE.finditer(text)]
    return tuple(_located(number, table, lines) for number, table in enumerate(tables, 1))


def _located(number: int, table: Any, lines: Sequence[int]) -> Rule:
    try:
        return _rule(number, table)
    except ConfigError as error:
        raise ConfigError(f"Line {lines[number - 1]}: {error}" if number <= len(lines) else str(error)) from error


def _any(patterns: Sequence[str], values: Sequence[str]) -> bool:
    folded = [value[:_MATCHED_CHARS].lower() for value in values]
    return not patterns or any(fnmatchcase(value, pattern.lower()) for pattern in patterns for value in folded)


def _position(message: Message, mailbox: str) -> Position:
    mine = mailbox.lower()
    to = {address.addr.lower() for address in message.to}
    if mine in to:
        return "only" if len(to) == 1 and not message.cc else "to"
    return "cc" if mine in {address.addr.lower() for address in message.cc} else "absent"


def _rule(number: int, table: Any) -> Rule:
    if not isinstance(table, dict):
        raise ConfigError(f"Rule {number} is not a table.")
    name = str(table.get("name", f"rule {number}"))
    unknown = sorted(set(table) - _KNOWN)
    if unknown:
        raise ConfigError(f"Rule '{name}' has the unknown key '{unknown[0]}'; known are {', '.join(sorted(_KNOWN))}.")
    if not any(key in table for key in _CONDITIONS):
        raise ConfigError(f"Rule '{name}' has no condition, so that it would match every message.")
    rule = Rule(
        name=name,
        mailboxes=_strings(name, table, "mailbox"),
        sender=_strings(name, table, "sender"),
        lists=_strings(name, table, "list"),
        subject=_strings(name, table, "subject"),
        headers=_headers(name, table.get("header", {})),
        position=_chosen(name, table),
        larger_than=_number(name, table, "larger_than", most=limits.MAX_MESSAGE_BYTES),
        smaller_than=_number(name, table, "smaller_than", most=limits.MAX_MESSAGE_BYTES),
        categories=_categories(name, table),
        priority=_number(name, table, "priority", least=1, most=10),
    )
    if not rule.categories and rule.priority is None:
        raise ConfigError(f"Rule '{name}' gives neither a category nor a priority.")
    return rule


def _strings(name: str, table: dict[str, Any], key: str) -> tuple[str, ...]:
    value = table.get(key, [])
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list) or not all(isinstance(item, str) for item in values):
        raise ConfigError(f"Rule '{name}': '{key}' must be a string or a list of strings.")
    return tuple(values)


def _headers(name: str, value: Any) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, dict) or not all(isinstance(item, str) for item in value.values()):
        raise ConfigError(f"Rule '{name}': 'header' must be a table of field name and pattern.")
    return tuple(value.items())


def _chosen(name: str, table: dict[str, Any]) -> Position | None:
    value = table.get("position")
    for position in get_args(Position):
        if value == position:
            found: Position = position
            return found
    if value is not None:
        raise ConfigError(f"Rule '{name}': 'position' must be one of {', '.join(get_args(Position))}.")
    return None


def _categories(name: str, table: dict[str, Any]) -> tuple[str, ...]:
    values = _strings(name, table, "category")
    unknown = [value for value in values if value not in CATEGORIES]
    if unknown:
        raise ConfigError(f"Rule '{name}': there is no category '{unknown[0]}'; there are {', '.join(CATEGORIES)}.")
    return values


def _number(name: str, table: dict[str, Any], key: str, *, least: int = 0, most: int) -> int | None:
    value = table.get(key)
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise ConfigError(f"Rule '{name}': '{key}' must be a whole number from {least} to {most}.")
    return value
