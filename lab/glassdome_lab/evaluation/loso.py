"""Leave-one-source-out: each source is judged by a text model that never saw it, phishing by one from before its time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from glassdome.engine.builtin.classifier import Classifier
from glassdome_lab.evaluation.functions.classes import measure_classes
from glassdome_lab.evaluation.functions.groups import measure_groups
from glassdome_lab.evaluation.functions.phishing import measure_phishing
from glassdome_lab.evaluation.runner import Record, Runner
from glassdome_lab.evaluation.samples import MailSample
from glassdome_lab.training.samples import family_of

__all__ = ["Fold", "Retrain", "folds_of", "leave_one_source_out"]

#: Fits a text model on these mails alone.
Retrain = Callable[[Sequence[MailSample]], Classifier]

#: Sources with fewer legitimate mails than this are left out together, as one.
_SMALL: Final = 100
#: The latest years that hold at least this share of the phishing are held back.
_LATER: Final = 0.15


@dataclass(frozen=True, slots=True, kw_only=True)
class Fold:
    """One source held out: what to learn from and what to judge; no cluster is on both sides."""

    source: str
    learn: tuple[MailSample, ...]
    judge: tuple[MailSample, ...]


def later_from(samples: Sequence[MailSample]) -> int:
    """Return the first of the latest years that together hold enough of the phishing, or 0 where no year is known."""
    years = Counter(s.year for s in samples if s.label == "phish" and s.year)
    held = 0
    for year in sorted(years, reverse=True):
        held += years[year]
        if held >= _LATER * years.total():
            return year
    return 0


def folds_of(samples: Sequence[MailSample]) -> Iterator[Fold]:
    """Yield a fold per family of legitimate mail, with its spam and the later phishing, and one per family of spam alone."""
    first = later_from(samples)
    late = tuple(s for s in samples if s.label == "phish" and (not first or s.year >= first))
    sizes = Counter(family_of(s.source) for s in samples if s.label == "ham")
    small = frozenset(name for name, size in sizes.items() if size < _SMALL)
    only_spam = {family_of(s.source) for s in samples if s.label == "spam"} - sizes.keys()
    groups = [frozenset({name}) for name in sorted(sizes.keys() - small)] + ([small] if small else [])
    for group in groups:
        yield _fold(samples, group, late, late)
    for name in sorted(only_spam):
        yield _fold(samples, frozenset({name}), late, ())


def _fold(
    samples: Sequence[MailSample],
    group: frozenset[str],
    late: tuple[MailSample, ...],
    judged_late: tuple[MailSample, ...],
) -> Fold:
    mine = tuple(s for s in samples if s.label != "phish" and family_of(s.source) in group)
    gone = {s.id for s in (*mine, *late)}
    clusters = {s.cluster for s in (*mine, *late) if s.cluster}
    learn = tuple(s for s in samples if s.id not in gone and s.cluster not in clusters)
    return Fold(source=" + ".join(sorted(group)), learn=learn, judge=(*mine, *judged_late))


def leave_one_source_out(samples: Sequence[MailSample], *, runner: Runner, retrain: Retrain) -> dict[str, Any]:
    """Return the figures of each fold and of all together.

    Late phishing is judged once per fold, each time by another model; in the sum each judgement counts as one mail.
    """
    rows, everything = [], list[Record]()
    for number, fold in enumerate(folds_of(samples)):
        judge = replace(runner, name=f"{runner.name}.loso")
        kind = f"mail without {fold.source}"
        if not judge.finished(kind, fold.judge):
            judge = replace(judge, classifier=retrain(fold.learn))
        records = judge.records(kind, fold.judge)
        rows.append(_row(fold.source, records))
        everything += [record | {"id": f"{number}:{record['id']}"} for record in records]
    if not rows:
        return {}
    return {
        "from_year": later_from(samples),
        "folds": rows,
        "phishing": measure_phishing(everything),
        "classes": measure_classes(everything),
        "by_text": _by_text(everything),
        "groups": measure_groups(everything),
    }


def _by_text(records: Sequence[Record]) -> dict[str, Any]:
    """Return the figures of the text model alone, which sees no header, link or file: how mail of bare text is found."""
    told = [record | {"phishing": record["by_text"]} for record in records if "by_text" in record]
    return measure_phishing(told)


def _row(source: str, records: Sequence[Record]) -> dict[str, Any]:
    good = [r for r in records if "error" not in r]
    ham = [r for r in good if r["label"] == "ham"]
    spam = [r for r in good if r["label"] == "spam"]
    figures = measure_phishing(records)
    return {
        "source": source,
        "ham": len(ham),
        "spam": len(spam),
        "auc": figures["auc"]["value"] if figures else None,
        "flagged": sum(r["is_phishing"] for r in ham) / len(ham) if ham else None,
        "called_spam": sum(r["verdict"] == "spam" for r in ham) / len(ham) if ham else None,
        "spam_found": sum(r["verdict"] == "spam" for r in spam) / len(spam) if spam else None,
        "spam_called_phishing": sum(r["is_phishing"] for r in spam) / len(spam) if spam else None,
    }
