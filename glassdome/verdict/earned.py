"""The part of a model's opinion that counts: the fields it earned, each within its range."""

from __future__ import annotations

from dataclasses import replace

from glassdome.values.opinion import Opinion
from glassdome.values.role import Grant, ModelRole

__all__ = ["earned"]

#: A probability that says nothing: its log-odds are zero.
_SILENT = 0.5


def earned(opinion: Opinion | None, builtin: Opinion, grant: Grant) -> Opinion | None:
    """Return the opinion with the built-in engine's value in each field that does not count; None where none does.

    A value outside its range is no value: a model that answers 10^15 is not certain, it is lost. Without `clear` a
    probability below one half says nothing.
    """
    if opinion is None or grant.role is ModelRole.NONE:
        return None
    writes, labels = grant.counts("summary"), grant.counts("categories")
    return replace(
        opinion,
        summary=opinion.summary if writes else "",
        action_items=opinion.action_items if writes else (),
        auto_reply_suggestion=(opinion if writes else builtin).auto_reply_suggestion,
        phishing=_probability(opinion.phishing, raises=grant.counts("phishing"), clears=grant.counts("clear")),
        spam=_probability(opinion.spam, raises=grant.counts("spam"), clears=grant.counts("clear")),
        phishing_reasons=opinion.phishing_reasons if grant.counts("phishing") else (),
        priority_score=_priority(opinion, builtin, counts=grant.counts("priority")),
        categories=opinion.categories if labels else (),
        tags=opinion.tags if labels else (),
        language=opinion.language if labels else "",
    )


def _probability(value: float, *, raises: bool, clears: bool) -> float:
    # NaN is in no range either.
    if not 0.0 <= value <= 1.0:
        return _SILENT
    return value if (raises if value > _SILENT else clears) else _SILENT


def _priority(opinion: Opinion, builtin: Opinion, *, counts: bool) -> int:
    return opinion.priority_score if counts and 1 <= opinion.priority_score <= 10 else builtin.priority_score
