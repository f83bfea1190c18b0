"""mailcow.conf: its values, our part of it, and the few lines of its own that must change."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from glassdome.core.errors import Conflict
from glassdome.deploy.blocks import append, block_of, cut

__all__ = ["PROFILE", "LineEdit", "own_values", "read_values", "undo_lines", "with_lines", "with_values"]

PROFILE: Final = "llm"
_LINE: Final = re.compile(r"^([A-Za-z_][A-Za-z0-9_]*)=(.*)$")
_ABOUT: Final = """# Glassdome's settings; yours to change. `docker compose up -d` applies them.
# More: OLLAMA_MODEL, OLLAMA_HOST (a model server elsewhere), GLASSDOME_ENGINE=builtin (no language model),
# GLASSDOME_RETENTION_DAYS, GLASSDOME_MEMORY, GLASSDOME_CPUS, OLLAMA_MEMORY, OLLAMA_CPUS."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineEdit:
    """One line of mailcow.conf: as it was, and as we wrote it. `before` is None where there was no such line."""

    before: str | None
    after: str


def read_values(text: str) -> dict[str, str]:
    """Return the settings; of several lines the last counts, as for mailcow's scripts and for compose."""
    found = {}
    for line in text.splitlines():
        if match := _LINE.match(line):
            found[match[1]] = _unquoted(match[2].strip())
    return found


def own_values(text: str) -> dict[str, str]:
    """Return the settings in our part."""
    return read_values(block_of(text))


def with_values(text: str, values: Mapping[str, str]) -> str:
    """Return the file with our part at its end; a value the owner changed in there is the caller's to keep."""
    return append(cut(text), "\n".join([_ABOUT, *(f"{name}={value}" for name, value in values.items())]))


def with_lines(text: str, current: Mapping[str, str]) -> tuple[str, tuple[LineEdit, ...]]:
    """Return the file with the compose profile on and a Dovecot master user set, and the changes made for it.

    `current` are the values in force, so that a password we made before stays. Raises Conflict when only one half of
    the master login is set.
    """
    values, edits = read_values(text), []
    profiles = [p.strip() for p in values.get("COMPOSE_PROFILES", "").split(",") if p.strip()]
    if PROFILE not in profiles:
        text, edit = _set(text, "COMPOSE_PROFILES", ",".join([*profiles, PROFILE]))
        edits.append(edit)
    user, password = values.get("DOVECOT_MASTER_USER", ""), values.get("DOVECOT_MASTER_PASS", "")
    if bool(user) != bool(password):
        raise Conflict(
            "mailcow.conf sets only one of DOVECOT_MASTER_USER and DOVECOT_MASTER_PASS.",
            fix="Set both, or neither.",
        )
    if not user:
        for name, value in (("DOVECOT_MASTER_USER", "glassdome"), ("DOVECOT_MASTER_PASS", secrets.token_hex(24))):
            text, edit = _set(text, name, current.get(name) or value)
            edits.append(edit)
    return text, tuple(edits)


def undo_lines(text: str, edits: tuple[LineEdit, ...]) -> str:
    """Return the file with our changed lines as they were; a line that somebody changed since stays."""
    lines = text.splitlines(keepends=True)
    for edit in edits:
        wanted = f"{edit.after}\n"
        if wanted in lines:
            at = lines.index(wanted)
            lines[at : at + 1] = [] if edit.before is None else [f"{edit.before}\n"]
    return "".join(lines)


def _set(text: str, name: str, value: str) -> tuple[str, LineEdit]:
    lines = text.splitlines(keepends=True)
    after = f"{name}={value}"
    for at in reversed(range(len(lines))):
        if lines[at].startswith(f"{name}="):
            edit = LineEdit(before=lines[at].rstrip("\n"), after=after)
            lines[at] = after + "\n"
            return "".join(lines), edit
    ended = text if text.endswith("\n") else text + "\n"
    return f"{ended}{after}\n", LineEdit(before=None, after=after)


def _unquoted(value: str) -> str:
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'" else value
