"""docs/scorecard.md: the figures of one evaluation with an honest reading of each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from glassdome_lab.evaluation.report.markdown import share, table, to_markdown

__all__ = ["Claim", "claims", "to_scorecard"]

#: (claim, value, goal in words, whether it is reached).
Claim = tuple[str, str, str, bool]

#: What a reader must know before believing a figure.
NOTES: Final[dict[str, str]] = {
    "loso": "**This is the figure to believe, and it is still an upper bound.** Every source of legitimate mail was "
    "judged by a text model that was trained without it, and phishing by one trained without the latest "
    "years; the late phishing is the same 359 mails in each fold, counted once per fold. What these figures "
    "cannot show: there is one phishing collection only, so its own habits are known from earlier years, and "
    "phishing of another kind will be found less often than this says. Three quarters of the legitimate mail "
    "is from 2001 to 2007, the rest one archive of mailing lists and 60 modern transactional messages: among "
    "six newsletters one that is flagged is 17 %. Phrases, signals and their weights were written with all "
    "sources in view, so only the text model is blind. **Spam of sources never seen is hardly ever called "
    "spam**: it is called legitimate, seldom phishing; in a real mailbox the verdict of the spam filter "
    "stands beside ours, here nothing does. Tried for that: a threshold of 0.5 finds 18 % of it and calls 3.8 "
    "% of legitimate mail spam; at the 0.7 that ships it is 1.5 % and 0.9 %. Rather a spam missed than a "
    "letter in Junk.",
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
    "cost": "The whole way from bytes to verdict, in two processes on two cores that other work kept busy; wall time "
    "says more of the neighbours than of the engine, and processor time too grows when caches are shared. "
    "HTML newsletters cost several times as much as letters (18 ms against 2), so that the mean is well above "
    "the median.",
}


def claims(functions: dict[str, Any]) -> Iterable[Claim]:
    """Yield every goal whose figure was measured."""
    loso = functions.get("loso", {})
    if loso:
        unseen, classes = loso["phishing"], loso["classes"]
        modern = [r for r in loso["folds"] if "delivery" in r["source"] or "newsletter" in r["source"]]
        auc, recall = unseen["auc"]["value"], unseen["budgets"]["0.01"]["recall"]["value"]
        yield "Phishing against ham of unseen sources, AUC", f"{auc:.4f}", "at least 0.985", auc >= 0.985
        worst = min((r["auc"], r["source"]) for r in loso["folds"] if r["auc"] is not None)
        yield f"... of the hardest source ({worst[1]})", f"{worst[0]:.4f}", "at least 0.985", worst[0] >= 0.985
        yield "Recall at 1 % false positives, unseen sources", share(recall), "at least 75 %", recall >= 0.75
        for row in modern:
            flagged = f"{share(row['flagged'])} of {row['ham']}"
            yield "Modern transactional mail flagged, unseen", flagged, "at most 5 %", row["flagged"] <= 0.05
        spam = classes["spam_called_phishing"]
        if spam is not None:
            yield "Spam called phishing, unseen sources", share(spam), "at most 20 %", spam <= 0.2
        error = unseen["calibration_error"]
        yield "Calibration error, unseen sources", f"{error:.4f}", "at most 0.05", error <= 0.05
    yield from _side_claims(functions)


def _side_claims(functions: dict[str, Any]) -> Iterable[Claim]:
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
    rows = [
        (what, value, goal, "yes" if reached else "**no**")
        for what, value, goal, reached in claims(evaluation["functions"])
    ]
    return (
        "# Scorecard\n\n"
        "Generated by `glassdome eval CORPUS --loso --scorecard docs/scorecard.md`; do not edit.\n\n"
        "How good the engine is on labelled mail, and how far each figure can be believed. Intervals are at 95 %, by "
        "resampling clusters of near-duplicates. The corpus is not part of the project; the sources are described in the "
        "model's data card.\n\n## Goals\n\n"
        + table(("claim", "measured", "goal", "reached"), rows)
        + "\n"
        + to_markdown(evaluation, NOTES)
    )
