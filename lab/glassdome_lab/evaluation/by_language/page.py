"""The part of the scorecard on languages, and its place on the page."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from glassdome_lab.evaluation.by_language.figures import Share, share_of
from glassdome_lab.evaluation.by_language.judged import JudgedMail
from glassdome_lab.evaluation.report.tables import table

__all__ = ["HEAD", "kept_part", "languages_part", "with_part"]

HEAD: Final = "## By language"
_INTRO: Final = """
Written by `python -m glassdome_lab.evaluation.by_language`; the rest of the page is left as it is. Recall is the share of frauds
above the score that one in a hundred of all legitimate mails measured here reaches. Intervals are at 95 %: near-duplicates are
drawn together, and fewer than 30 mails have Wilson's. A dash: no such mail. *Never saw the language*: the text model was fitted
again without any mail that is guessed to be in it. Phrases were written for each language with the hand-made mails in view, so
that this column is blind for the text model alone. A star: its training has fewer than 20 mails of the language, so that the
shipped model stands for it.
"""
_HAND: Final = """
**In sample**: the phrases were written until these mails passed. Eight frauds and six honest mails a language, and in ten of them
three more; in seven the mails of two collections by hand. They show that nothing broke, no more.
"""
_MACHINE: Final = """
Legitimate service mail of open-source applications in their own translations. The text model never saw it; rules on false alarms,
requests and days were mended with it in view, so the figures are **in sample for the rules**. Requests and days are labelled by template.
"""
_REAL: Final = """
Phishing of one collection, of which the language is guessed; two thirds of it are scams and junk, and no server vouched for or against
its senders. **In sample** for the shipped model, which learned from these mails; blind in the last column, save for the phrases.
The budget is one in a hundred of the service mail above, which is harder than the old letters of the other figures on this page.
"""
_SHORT: Final = """
One sentence: hand-made ones of languages that are alike, of the half that shaped no word, and the first line of 20 to 50 letters
(six in Chinese and Japanese) of each machine-made mail, with which the words were mended once. Right, left open, taken for another.
"""
Rows = Sequence[JudgedMail]
Counts = Mapping[str, tuple[int, int, int]]


def languages_part(
    rows: Rows,
    threshold: float,
    unseen: Mapping[str, tuple[Rows, float]],
    short: Mapping[str, Counts],
    seen: frozenset[str],
) -> str:
    """Return the part: `unseen` has the rows and the threshold of each model that never saw a language, `seen` those that learned it."""
    parts = (
        ("Frauds and requests written by hand", _HAND, _hand(rows, threshold, unseen, seen)),
        ("Service mail made by machine", _MACHINE, _machine(rows)),
        ("Real phishing", _REAL, _real(rows, threshold, unseen)),
        ("Language of one short sentence", _SHORT, _short(short)),
    )
    return HEAD + "\n" + _INTRO + "".join(f"\n### {title}\n{note}\n{body}" for title, note, body in parts)


def with_part(page: str, part: str) -> str:
    """Return the page with the part on languages in the place of the one it has, or at its end."""
    before, _, after = page.partition(HEAD)
    rest = after.partition("\n## ")[2]
    return (
        before.rstrip() + ("\n\n" + part.rstrip() if part else "") + ("\n\n## " + rest.rstrip() if rest else "") + "\n"
    )


def kept_part(page: str) -> str:
    """Return the part on languages of a page, or an empty string."""
    _, head, after = page.partition(HEAD)
    return head + after.partition("\n## ")[0] if head else ""


def _told(share: Share) -> str:
    return f"{share.hits}/{share.count} ({100 * share.low:.0f}-{100 * share.high:.0f} %)" if share.count else "-"


def _of(rows: Rows, told: Callable[[JudgedMail], bool], where: Callable[[JudgedMail], bool | None]) -> str:
    return _told(share_of([row for row in rows if where(row)], told))


def _by_language(rows: Rows, made: str) -> Iterator[tuple[str, Rows]]:
    chosen = [row for row in rows if row.mail.made == made]
    for language in sorted({row.mail.language for row in chosen}):
        yield language, [row for row in chosen if row.mail.language == language]


def _recall(rows: Rows, threshold: float) -> str:
    return _of(rows, lambda row: row.score >= threshold, lambda row: row.mail.fraud)


def _hand(rows: Rows, threshold: float, unseen: Mapping[str, tuple[Rows, float]], seen: frozenset[str]) -> str:
    lines = []
    for language, own in _by_language(rows, "hand"):
        shipped = _recall(own, threshold)
        blind = _unseen_recall(unseen, language, "hand") or ("-" if language in seen else shipped + " *")
        lines.append(
            (
                language, shipped, blind,
                _of(own, lambda row: row.flagged, lambda row: not row.mail.fraud),
                _of(own, lambda row: row.asked, lambda row: row.mail.asks and not row.mail.fraud),
                _of(own, lambda row: row.dated, lambda row: row.mail.dated and not row.mail.fraud),
            )
        )  # fmt: skip
    head = (
        "language",
        "recall at 1 % FP",
        "never saw the language",
        "honest called phishing",
        "requests found",
        "days found",
    )
    return table(head, lines)


def _unseen_recall(unseen: Mapping[str, tuple[Rows, float]], language: str, made: str) -> str:
    if language not in unseen:
        return ""
    rows, threshold = unseen[language]
    return _recall([row for row in rows if row.mail.made == made and row.mail.language == language], threshold)


def _machine(rows: Rows) -> str:
    lines = [
        (
            language,
            _of(own, lambda row: row.flagged, lambda row: True),
            _of(own, lambda row: row.asked, lambda row: row.mail.asks),
            _of(own, lambda row: row.asked, lambda row: row.mail.asks is False),
            _of(own, lambda row: row.dated, lambda row: row.mail.dated),
            _of(own, lambda row: row.dated, lambda row: row.mail.dated is False),
            _of(own, lambda row: row.language == row.mail.language, lambda row: True),
        )
        for language, own in _by_language(rows, "machine")
    ]
    head = (
        "language",
        "false alarms",
        "requests found",
        "requests wrongly",
        "days found",
        "days wrongly",
        "language known",
    )
    return table(head, lines)


def _real(rows: Rows, threshold: float, unseen: Mapping[str, tuple[Rows, float]]) -> str:
    lines = [
        (language, len(own), _recall(own, threshold), _unseen_recall(unseen, language, "real") or "-")
        for language, own in _by_language(rows, "real")
        if len(own) >= 10
    ]
    return table(("language", "frauds", "recall at 1 % FP", "never saw the language"), lines)


def _short(short: Mapping[str, Counts]) -> str:
    languages = sorted(set().union(*(counts.keys() for counts in short.values())))
    lines = [
        (tag, *("/".join(map(str, counts[tag])) if tag in counts else "-" for counts in short.values()))
        for tag in languages
    ]
    return table(("language", *short), lines)
