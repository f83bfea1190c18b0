"""Finds the sentences with which the desk refuses: pages show them, so catalogues hold them.

Only whole sentences are found; those with values in them are shown in English.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from inspect import getmembers, isclass
from pathlib import Path

from glassdome.core import errors

__all__ = ["refusals"]

#: What only REST, MCP and the shell can cause, by the beginning of its sentence.
_NOT_ON_PAGES = (
    "A UID", "A new webhook has", "Add another", "Change it", "Enable it with POST", "GET /api", "Give ",
    "Mailbox and domain of", "No watched", "Say which", "That moment", "The folder name", "The job was removed",
    "The person must", "This process", "To remove a category", "Write a date", "Write for example", "email_id",
)  # fmt: skip


def refusals(desk: Path) -> Iterator[tuple[str, str]]:
    """Yield each sentence, and each advice, with the file that it stands in."""
    kinds = {name: kind for name, kind in getmembers(errors, isclass) if issubclass(kind, errors.GlassdomeError)}
    for name in ("NotAuthenticated", "RateLimited", "AccessDenied"):
        yield (kinds[name].__doc__ or "").splitlines()[0], "core/errors.py"
    for path in sorted(desk.glob("*.py")):
        calls = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
        raised = (call for call in calls if isinstance(call.func, ast.Name) and call.func.id in kinds)
        yield from ((text, f"desk/{path.name}") for text in sorted({text for call in raised for text in _said(call)}))


def _said(call: ast.Call) -> Iterator[str]:
    for node in (*call.args[:1], *(one.value for one in call.keywords if one.arg == "fix")):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and not node.value.startswith(_NOT_ON_PAGES):
            yield node.value
