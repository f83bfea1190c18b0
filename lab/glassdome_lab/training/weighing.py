"""Fits the weights of the verdict: the worth of each fact in addition to the text score, learned together and kept readable."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from glassdome.verdict.weights import Weights

__all__ = ["WeighedMail", "fit_weights", "written"]

#: Groups whose worth no corpus can tell: they need a mailbox, or our own Rspamd.
_KEPT_GROUPS: Final = frozenset(("history", "rspamd", "injection"))
#: How far at most a weight may go from 0: for phishing, against it, and of what two findings add together.
_MOST, _LEAST, _MOST_TOGETHER = 3.5, -3.0, 2.5
#: A finding that weighed nothing may come to weigh this much.
_MOST_OF_NEW: Final = 1.0
_EXTREME: Final = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class WeighedMail:
    """One labelled mail: its findings with their strengths, the log-odds of a text model that never saw its source, and how much it counts."""

    hits: Mapping[str, float]
    text: float
    phish: bool
    worth: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Term:
    """One number to be learned, with what it was and how far it may go."""

    name: str
    before: float
    low: float
    high: float
    firmness: float


def fit_weights(judged: Sequence[WeighedMail], weights: Weights, *, firmness: float = 6.0) -> dict[str, float]:
    """Return the numbers that fit `judged` best, drawn towards those of `weights`; no sign ever turns.

    Names are those of signals, `+name` of what pairs add, `text+`, `text-` and `bias`. Logistic regression with a
    Gaussian prior around the weights that people gave (maximum a posteriori), so that a fact the corpora lack keeps its.
    """
    from scipy.optimize import minimize

    terms = [*_terms(weights, firmness)]
    rows = np.array([_row(one, weights, terms) for one in judged])
    truth = np.array([float(one.phish) for one in judged])
    worth = np.array([one.worth for one in judged])
    before = np.array([term.before for term in terms])
    firm = np.array([term.firmness for term in terms])

    def loss(values: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        odds, moved = rows @ values, values - before
        wrong = 1 / (1 + np.exp(-odds)) - truth
        told = worth * (np.logaddexp(0, odds) - truth * odds)
        return float(told.sum() + 0.5 * (firm * moved * moved).sum()), rows.T @ (worth * wrong) + firm * moved

    bounds = [(term.low, term.high) for term in terms]
    start = np.clip(before, [low for low, _ in bounds], [high for _, high in bounds])
    best = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 300}).x
    return {term.name: round(float(value), 2) for term, value in zip(terms, best, strict=True)}


def _terms(weights: Weights, firmness: float) -> Iterable[_Term]:
    for name, signal in weights.signals.items():
        before = signal.phishing
        low = _LEAST if before < 0 else 0.0
        high = 0.0 if before < 0 else _MOST if before else _MOST_OF_NEW
        if signal.group in _KEPT_GROUPS:
            low = high = before
        yield _Term(name=name, before=before, low=low, high=high, firmness=firmness)
    for name, rule in weights.together.items():
        low, high = (_LEAST, 0.0) if rule.phishing < 0 else (0.0, _MOST_TOGETHER)
        yield _Term(name=f"+{name}", before=rule.phishing, low=low, high=high, firmness=firmness)
    text = weights.text
    against = text.scale if text.scale_against is None else text.scale_against
    yield _Term(name="text+", before=text.scale, low=0.2, high=1.2, firmness=firmness)
    yield _Term(name="text-", before=against, low=0.2, high=1.1, firmness=firmness)
    yield _Term(name="bias", before=text.bias_phishing, low=-3.0, high=1.0, firmness=0.1)


def _row(one: WeighedMail, weights: Weights, terms: Sequence[_Term]) -> list[float]:
    found = one.hits.keys()
    told = float(np.clip(one.text, -_EXTREME, _EXTREME))
    values: dict[str, float] = {**one.hits, "text+": max(told, 0.0), "text-": min(told, 0.0), "bias": 1.0}
    for name, rule in weights.together.items():
        both = not found.isdisjoint(rule.any_of) and not found.isdisjoint(rule.with_any)
        values[f"+{name}"] = float(both)
    return [values.get(term.name, 0.0) for term in terms]


def written(text: str, fitted: Mapping[str, float]) -> str:
    """Return the text of a weights file with the fitted numbers in it; everything else, comments too, stays."""
    for name, value in fitted.items():
        text = _replaced(text, name, value)
    return text


_OF_TEXT: Final = {"text+": "scale", "text-": "scale_against", "bias": "bias_phishing"}


def _replaced(text: str, name: str, value: float) -> str:
    if name in _OF_TEXT:
        table, key = "text", _OF_TEXT[name]
    else:
        table, key = (f"together.{name[1:]}" if name[0] == "+" else f"signals.{name}"), "phishing"
    pattern = re.compile(rf"(^\[{re.escape(table)}\]\n(?:(?!\[).*\n)*?{key} = )-?[\d.]+", re.MULTILINE)

    def put(found: re.Match[str]) -> Any:
        return f"{found.group(1)}{value}"

    return pattern.sub(put, text, count=1)
