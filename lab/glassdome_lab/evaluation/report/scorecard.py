"""docs/scorecard.md: the figures of one evaluation with an honest reading of each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from glassdome_lab.evaluation.report.markdown import to_markdown
from glassdome_lab.evaluation.report.tables import share, table

__all__ = ["Claim", "blind_claims", "claims", "to_scorecard"]

#: (claim, value, goal in words, whether it is reached).
Claim = tuple[str, str, str, bool]

#: Parts of the names of modern sources, and the functions whose mail shaped models or rules.
_MODERN: Final = ("delivery", "newsletter", "modern_")
_IN_SAMPLE: Final = ("phishing", "classes", "intent", "sensitive", "follow-up")

#: What a reader must know before believing a figure.
NOTES: Final[dict[str, str]] = {
    "loso": "**These are the figures to believe, and they are still an upper bound.** Every source of legitimate mail was "
    "judged by a text model that was trained without it, modern mail by one without the whole theme, and phishing by one "
    "trained without the latest years; the late phishing is the same in each fold, counted once per fold. The "
    "calibration, four numbers, is of the model of all mail. What these figures cannot show: there is one phishing collection, "
    "so its own habits are known from earlier years, and phishing of another kind will be found less often than this says. "
    "Half of the legitimate mail is from 2001 to 2007, the modern part rendered from templates of applications. Phrases, "
    "signals and their weights were written with these sources in view, so only the text model is blind. **Most spam of sources "
    "never seen is called legitimate**, seldom phishing; in a real mailbox the verdict of the spam filter stands beside ours, "
    "here nothing does. The spam is from 1997 to 2008; modern spam is in the writers' mails "
    "alone. Rather a spam missed than a letter in Junk.",
    "writers": "Whole mails of six writers in seven languages, each judged by models of attention, category and tasks that learned from "
    "the other five. The rules and phrases around the models were made with most of these mails in view, so other mail "
    "fares worse; the model cards have the figures of mail that shaped nothing.",
    "phishing": "The shipped text model was trained on mail of these same sources, so these figures flatter it; they "
    "show that nothing broke, not how good it is. Two thirds of what the collection calls phishing is scams and "
    "commercial junk; `core` rows are those that a weak rule calls phishing. The files carry almost no "
    "Authentication-Results, no sender history and no contacts, which is what the product leans on in a real mailbox.",
    "classes": "Spam is commercial mail nobody asked for. The spam here is from 1997 to 2008, the phishing from 2021 to "
    "2026: part of what tells them apart is their age. The text model learned from these same sources, so "
    "that the recall of spam is in-sample and misleads: the figure above, on sources never seen, is the "
    "honest one.",
    "priority": "Nobody labelled priorities. The first figures only say that junk does not stand above real mail; it "
    "stands hardly below it, because most legitimate mail here came over lists and nothing is known of its "
    "senders. The second table says that each thing that is known of a mail moves its priority the way it "
    "must.",
    "categories": "The annotators used another scheme, for the mail of one company in 2001; each of their classes allows "
    "several of ours, `work` nearly always. The comparison with always saying `work`, which wins, is the "
    "honest one. More specific words are right more often than the same words dealt at random, and not by "
    "much: this corpus cannot show that the categories are good, only that they are not absurd.",
    "intent": "The shipped model of requests was fitted on these very sentences, so this figure flatters it; the model's card "
    "has the cross-validated one. Sentences out of context, from business mail. The product sees whole mails and drops requests in bulk "
    "mail, which this corpus cannot show.",
    "sensitive": "The texts are templates filled by a generator: numbers always have right check digits and a word "
    "beside them, so real mail is harder. Names, places, dates and postal addresses are not claimed: without a model "
    "of language they cannot be told from other words with enough precision. "
    "The recognisers were looked over once against these texts and widened in general ways (new card ranges, lower-case licences), so the figure is not blind.",
    "summaries": "An extractive summary of a thread is hard put to beat its first sentences, which are what people "
    "quote. `one-line` references are subject lines: every summary is too long for them.",
    "languages": "Two hand-written sentences for most languages: enough to see that a language is known at all.",
    "injection": "The engine here does whatever the attacker wants, whatever the words; so the figures do not depend on "
    "the wording of the attacks. What is measured is the code behind the model. An opinion without hard evidence beside it "
    "counts, so a verdict that rests on text alone may flip.",
    "follow-up": "Threads that shaped the rules flatter them; read which threads were measured before the figure.",
    "cost": "The whole way from bytes to verdict, on two cores that much other work kept busy; wall time says more of the "
    "neighbours than of the engine, and processor time too grows when caches are shared. HTML newsletters cost several times as "
    "much as letters, so that the mean is well above the median. Compare `benchmarks/analyze.py`.",
}


def claims(functions: dict[str, Any]) -> Iterable[Claim]:
    """Yield every goal whose figure was measured, the blind ones first."""
    yield from blind_claims(functions)
    yield from _seen_claims(functions)
    yield from _cost_claims(functions)


def blind_claims(functions: dict[str, Any]) -> Iterable[Claim]:
    """Yield the goals whose figure is of mail that the models never saw."""
    if loso := functions.get("loso", {}):
        yield from _unseen(loso)
        yield from _groups(loso.get("groups", {}))
    if writers := functions.get("writers"):
        exact, near, first, f1, due, clean = (
            writers[key] for key in ("exact", "within_one", "category", "f1", "due", "clean")
        )
        yield "Attention exact, writers never seen", share(exact), "at least 75 %", exact >= 0.75
        yield "... within one step", share(near), "at least 92 %", near >= 0.92
        yield "First category accepted, writers never seen", share(first), "at least 90 %", first >= 0.9
        yield "Action items on whole mails, F1, writers never seen", share(f1), "at least 85 %", f1 >= 0.85
        yield "... right day of the items found", share(due), "at least 90 %", due >= 0.9
        yield "Mails without a task that got no item", share(clean), "100 %", clean == 1.0
        drafts = writers["drafts_to_machines"]
        yield "Drafts given to machines, mass mail or fraud, writers never seen", str(drafts), "0", not drafts


def _unseen(loso: dict[str, Any]) -> Iterable[Claim]:
    unseen, classes = loso["phishing"], loso["classes"]
    auc, recall = unseen["auc"]["value"], unseen["budgets"]["0.01"]["recall"]["value"]
    yield "Phishing against ham of unseen sources, AUC", f"{auc:.4f}", "at least 0.985", auc >= 0.985
    worst = min((r["auc"], r["source"]) for r in loso["folds"] if r["auc"] is not None)
    yield f"... of the hardest source ({worst[1]})", f"{worst[0]:.4f}", "at least 0.985", worst[0] >= 0.985
    yield "Recall at 1 % false positives, unseen sources", share(recall), "at least 75 %", recall >= 0.75
    if loso.get("by_text"):
        alone = loso["by_text"]["budgets"]["0.01"]["recall"]["value"]
        yield "... by the text alone", share(alone), "at least 90 %", alone >= 0.9
    for row in loso["folds"]:
        if any(name in row["source"] for name in _MODERN):
            flagged = f"{share(row['flagged'])} of {row['ham']}"
            what = f"Modern legitimate mail called phishing ({row['source']})"
            yield what, flagged, "at most 5 %", row["flagged"] <= 0.05
    if (spam := classes["spam_called_phishing"]) is not None:
        yield "Spam called phishing, unseen sources", share(spam), "at most 20 %", spam <= 0.2
    error = unseen["calibration_error"]
    yield "Calibration error, unseen sources", f"{error:.4f}", "at most 0.05", error <= 0.05


def _groups(groups: dict[str, Any]) -> Iterable[Claim]:
    if not groups:
        return
    proven, drafts = groups["proven"], groups["drafts"]
    called = f"{proven['called_phishing']} of {proven['mails']}"
    yield "Verified mail of brands called phishing", called, "0", not proven["called_phishing"]
    for label, some in drafts.items():
        name = {"phish": "phishing"}.get(label, label)
        given = f"{some['drafts']} of {some['mails']}"
        yield f"Drafts given to {name}, unseen sources", given, "0", not some["drafts"]


def _seen_claims(functions: dict[str, Any]) -> Iterable[Claim]:
    if sensitive := functions.get("sensitive"):
        f1, precision = sensitive["all"]["f1"], sensitive["high_risk"]["precision"]
        yield "Sensitive data, F1 of claimed types", share(f1), "at least 88 %", f1 >= 0.88
        yield "Sensitive data, precision on high-risk types", share(precision), "at least 92 %", precision >= 0.92
    if injection := functions.get("injection"):
        success, altered = injection["attack_success"], injection["clean_altered"]
        yield "Injection: attack success", share(success), "0", success == 0
        yield "Injection: clean carriers altered", share(altered), "at most 1 %", altered <= 0.01
    if threads := functions.get("follow-up"):
        right, bases = threads["states_right"], threads["bases"]
        yield "Threads whose state is right", share(right), "at least 90 %", right >= 0.9
        for basis, least in (("request", 0.9), ("promise", 0.75)):
            f1 = bases[basis]["f1"]
            yield f"Follow-up, F1 from a {basis}", share(f1), f"at least {100 * least:.0f} %", f1 >= least
        yield "Reminders that are wrong", str(threads["nags"]), "0", not threads["nags"]


def _cost_claims(functions: dict[str, Any]) -> Iterable[Claim]:
    if cost := functions.get("cost"):
        seconds = cost["cpu_median"]
        if not cost["calls_per_mail"]:
            yield (
                "Processor time of the whole verdict, median",
                f"{1000 * seconds:.2f} ms",
                "at most 3 ms",
                seconds <= 0.003,
            )
            mean = cost["cpu_mean"]
            yield "... mean", f"{1000 * mean:.2f} ms", "at most 3 ms", mean <= 0.003
        size = cost["model_bytes"]
        yield "Model files", f"{size / 1e6:.2f} MB", "at most 5 MB", size <= 5_000_000


def to_scorecard(evaluation: dict[str, Any]) -> str:
    """Return the page; it is generated, so it is never edited by hand."""
    functions = evaluation["functions"]
    return (
        "# Scorecard\n\n"
        "Generated by `glassdome eval CORPUS --loso --writers --scorecard docs/scorecard.md`; do not edit.\n\n"
        "How good the engine is on labelled mail, and how far each figure can be believed. Intervals are at 95 %, by "
        "resampling clusters of near-duplicates. The corpus is not part of the project; the sources are described in the "
        "model's data card. Made-up mail helps to train and is never scored.\n\n"
        + _goals("Goals on mail that the models never saw", blind_claims(functions))
        + _goals("Goals in sample: these rows flatter", _seen_claims(functions))
        + _goals("Cost and size", _cost_claims(functions))
        + to_markdown(evaluation, NOTES, marks=dict.fromkeys(_IN_SAMPLE, " (in sample)"))
    )


def _goals(heading: str, told: Iterable[Claim]) -> str:
    rows = [(what, value, goal, "yes" if reached else "**no**") for what, value, goal, reached in told]
    return f"## {heading}\n\n{table(('claim', 'measured', 'goal', 'reached'), rows)}\n" if rows else ""
