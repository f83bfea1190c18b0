"""Spans of sensitive data against labelled ones, per type."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

from glassdome_lab.evaluation.metrics import f1_score
from glassdome_lab.evaluation.samples import SensitiveSample

__all__ = ["CLAIMED", "measure_sensitive"]

#: Types of other people's labels that we claim to find: (our types, whether the loss alone does harm).
CLAIMED: Final[dict[str, tuple[frozenset[str], bool]]] = {
    "CREDIT_CARD": (frozenset({"credit_card"}), True),
    "IBAN_CODE": (frozenset({"iban"}), True),
    "US_SSN": (frozenset({"us_ssn"}), True),
    "US_DRIVER_LICENSE": (frozenset({"driving_licence"}), True),
    "PHONE_NUMBER": (frozenset({"phone_number"}), False),
    "IP_ADDRESS": (frozenset({"ip_address"}), False),
}
Span = tuple[str, int, int]


def _named(label: str) -> frozenset[str]:
    return CLAIMED[label][0] if label in CLAIMED else frozenset({label})


def measure_sensitive(records: Sequence[dict[str, Any]], samples: Sequence[SensitiveSample]) -> dict[str, Any]:
    """Return precision, recall and F1 by span (same type, overlapping), in all and per labelled type.

    A type counts as claimed when a recogniser of ours carries its name. Every finding that no label supports is a
    false positive, whatever its type.
    """
    ours = {kind for kinds, _ in CLAIMED.values() for kind in kinds}
    labels = {s[0] for sample in samples for s in sample.spans if s[0] in CLAIMED or s[0] in ours or s[0].islower()}
    exact, counts = 0, Counter[tuple[str, str]]()
    for sample, record in zip(samples, records, strict=True):
        found: list[Span] = [(kind, start, end) for kind, start, end in record["found"]]
        wanted = [span for span in sample.spans if span[0] in labels]
        exact += sum((min(_named(w[0])), w[1], w[2]) in found for w in wanted)
        counts += _compared(found, wanted)
    types = sorted({name for name, _ in counts})
    rows = {name: _row(counts, [name]) for name in types}
    high = [name for name in types if name not in CLAIMED or CLAIMED[name][1]]
    return {
        "texts": len(samples),
        "claimed": sorted(labels),
        "not_claimed": sorted({s[0] for sample in samples for s in sample.spans} - labels),
        "all": _row(counts, types),
        "high_risk": _row(counts, [name for name in high if name in labels or not _is_low(name)]),
        "exact_boundaries": exact / max(sum(counts[name, "found"] for name in types), 1),
        "types": rows,
    }


def _is_low(name: str) -> bool:
    return name in ("health", "salary", "bic", "date_of_birth", "crypto_address", "mac_address", "one_time_code")


def _compared(found: Sequence[Span], wanted: Sequence[Span]) -> Counter[tuple[str, str]]:
    counts = Counter[tuple[str, str]]()
    left = list(found)
    for label, start, end in wanted:
        same = [f for f in left if f[0] in _named(label) and f[1] < end and start < f[2]]
        counts[label, "found" if same else "missed"] += 1
        left = [f for f in left if f not in same]
    names = {kind: label for label, (kinds, _) in CLAIMED.items() for kind in kinds}
    for kind, _, _ in left:
        counts[names.get(kind, kind), "wrong"] += 1
    return counts


def _row(counts: Counter[tuple[str, str]], names: Sequence[str]) -> dict[str, Any]:
    found, wrong, missed = (sum(counts[name, what] for name in names) for what in ("found", "wrong", "missed"))
    return {"found": found, "wrong": wrong, "missed": missed} | f1_score(found, wrong, missed)
