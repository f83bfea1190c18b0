"""A short honest acknowledgement for mail in which a person asks something, else nothing."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from glassdome.core.scripts import in_its_script
from glassdome.core.shipped import loads_shipped, shipped_table

__all__ = ["suggest_reply"]

_LONGEST_NAME: Final = 40


def suggest_reply(*, language: str, name: str, asked: bool, automatic: bool, text: str = "") -> str | None:
    """Return a draft in the mail's language, or None where nothing is asked or no person would read it.

    `text` is the mail's, for languages of two scripts. A language without words of ours gets no draft.
    Whether the mail may be answered at all is for `verdict` to decide.
    """
    if not asked or automatic:
        return None
    words = _replies().get(in_its_script(language, text))
    if words is None:
        return None
    clean = (
        name.strip()
        if name.isprintable() and len(name) <= _LONGEST_NAME and "@" not in name and "." not in name
        else ""
    )
    greeting = words["greeting"].format(name=clean) if clean and "{" not in clean else words["unnamed"]
    return f"{greeting}\n\n{words['text']}"


@loads_shipped()
@cache
def _replies() -> dict[str, Any]:
    return shipped_table("engine/builtin/lexicon/replies.toml")
