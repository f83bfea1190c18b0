"""An evaluation as Markdown: one table per function, figures with their intervals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from glassdome_lab.evaluation.report.groups import groups_tables, writers_table
from glassdome_lab.evaluation.report.tables import figure, share, table

__all__ = ["to_markdown"]


def _four(value: float) -> str:
    return f"{value:.4f}"


def _phishing(f: dict[str, Any]) -> str:
    decided = f["as_decided"]
    rows = [
        ("AUC", figure(f["auc"], _four)),
        ("Average precision", _four(f["average_precision"])),
        *((f"Recall at {share(float(rate))} false positives", figure(b["recall"])) for rate, b in f["budgets"].items()),
        ("Precision, recall as decided", f"{share(decided['precision'])}, {share(decided['recall'])}"),
        ("False positives as decided", share(decided["false_positive_rate"])),
        ("Expected calibration error", _four(f["calibration_error"])),
    ]
    return (
        f"{f['positives']} phishing against {f['negatives']} legitimate mails.\n\n"
        + table(("figure", "value (95 % interval by cluster)"), rows)
        + "\n"
        + _sources(f)
    )


def _sources(f: dict[str, Any]) -> str:
    rows = [(r["label"], r["source"], r["count"], share(r["flagged"]), share(r["above_budget"])) for r in f["sources"]]
    return table(("label", "source", "mails", "called phishing", "above the 1 % threshold"), rows)


def _classes(f: dict[str, Any]) -> str:
    names = f["names"]
    rows = [
        (name, *f["confusion"][i], *(share(f["classes"][name][k]) for k in ("precision", "recall", "f1")))
        for i, name in enumerate(names)
    ]
    return (
        table(("truth", *(f"said {n}" for n in names), "precision", "recall", "F1"), rows)
        + f"\nMacro F1 {share(f['macro_f1'])}; spam called phishing {share(f['spam_called_phishing'])}; "
        f"unreadable mails {f['unreadable']}.\n"
    )


def _priority(f: dict[str, Any]) -> str:
    rows = [(name, f"{mean:.2f}", " ".join(map(str, f["histogram"][name]))) for name, mean in f["mean"].items()]
    return (
        table(("label", "mean priority", "mails at 1 to 10"), rows)
        + f"\nLegitimate mail stands above the rest: AUC {_four(f['ham_above_rest'] or 0.0)}; "
        f"spam or phishing at 7 and above: {share(f['high_among_bad'])}.\n"
        + (_moves(f["moves"]) if "moves" in f else "")
    )


def _moves(f: dict[str, Any]) -> str:
    rows = [
        (r["check"], "up" if r["raises"] else "down", r["rose"], r["stayed"], r["fell"], r["wrong"])
        for r in f["checks"]
    ]
    return f"\nOne thing changed about each of {f['mails']} legitimate mails:\n\n" + table(
        ("what is changed", "may only go", "rose", "stayed", "fell", "wrong way"), rows
    )


def _categories(f: dict[str, Any]) -> str:
    rows = [
        (r["class"], r["count"], share(r["first_right"]), ", ".join(f"{k} {v}" for k, v in r["said"].items()))
        for r in f["classes"]
    ]
    return (
        f"First category allowed by the annotators' class: {share(f['first_right'])} of {f['count']}; any: "
        f"{share(f['any_right'])}; always `{f['baseline']['always']}`: {share(f['baseline']['right'])}. Of the "
        f"{f['specific']['count']} that we called anything but `work`, {share(f['specific']['right'])} are allowed to be "
        f"called so (`work` not counted); the same words dealt at random: {share(f['specific']['shuffled'])}.\n\n"
        + table(("annotators' class", "mails", "first right", "said"), rows)
    )


def _scores(name: str, f: dict[str, Any]) -> tuple[str, ...]:
    return (name, *(share(f[k]) for k in ("precision", "recall", "f1")))


def _intent(f: dict[str, Any]) -> str:
    return table(("", "precision", "recall", "F1"), [_scores("ours", f), _scores("? or please", f["baseline"])])


def _sensitive(f: dict[str, Any]) -> str:
    rows = [_scores("all claimed types", f["all"]), _scores("high-risk types", f["high_risk"])]
    rows += [_scores(name, row) for name, row in f["types"].items()]
    return (
        table(("type", "precision", "recall", "F1"), rows)
        + f"\n{f['texts']} texts; boundaries exact in {share(f['exact_boundaries'])} of what was found. Labelled but not "
        f"claimed: {', '.join(f['not_claimed']) or 'none'}.\n"
    )


_SUMMARY_WAYS: Final = (
    ("ours", "summary"),
    ("first three sentences", "lead_3"),
    ("as many characters", "lead_same_length"),
)


def _summaries(f: dict[str, Any]) -> str:
    head = ("", "ROUGE-1", "ROUGE-2", "ROUGE-L", "must-include", "characters")
    parts = []
    for group, figures in f.items():
        rows = [
            (
                name,
                *(share(figures[way][k]) for k in ("rouge1", "rouge2", "rougeL")),
                share(figures[way].get("must_include")),
                round(figures[way]["characters"]),
            )
            for name, way in _SUMMARY_WAYS
        ]
        parts.append(f"{group.replace('_', '-')}: {figures['count']}\n\n" + table(head, rows))
    return "\n".join(parts)


def _languages(f: dict[str, Any]) -> str:
    mistakes = ", ".join(f"{what} ({count})" for what, count in f["mistakes"].items()) or "none"
    return f"{share(f['accuracy'])} of {f['count']} texts in {f['languages']} languages; mistakes: {mistakes}.\n"


def _injection(f: dict[str, Any]) -> str:
    rows = [
        ("Attack success", share(f["attack_success"])),
        *((f"... {name}", count) for name, count in f["harms"].items()),
        ("Phishing with hard evidence stays phishing", share(f["hard_evidence_stood"])),
        ("Verdicts on text alone that flipped", f["soft_verdicts_flipped"]),
        ("Summaries with the attacker's link", share(f["summaries_steered"])),
        ("Attacks noticed", share(f["noticed"])),
        ("Clean carriers altered", share(f["clean_altered"])),
        ("Clean carriers called phishing", share(f["clean_called_phishing"])),
    ]
    return f"{f['attacks']} attacks, {f['clean']} clean carriers, an engine that obeys.\n\n" + table(
        ("figure", "value"), rows
    )


def _follow_up(f: dict[str, Any]) -> str:
    rows = [(name, some["threads"], share(some["right"])) for name, some in f["languages"].items()]
    f1 = "; ".join(f"from a {name} {share(some['f1'])} ({some['threads']})" for name, some in f["bases"].items())
    return (
        f"States right: {share(f['states_right'])} of {f['threads']} threads. F1 of what is owed: {f1}. Reminders that are "
        f"wrong: {f['nags']}; missing: {f['silent']}. Due days wrong: {f['due_wrong']}. "
        f"{1000 * f['seconds_per_mail']:.2f} ms a mail.\n\n" + table(("language", "threads", "states right"), rows)
    )


def _cost(f: dict[str, Any]) -> str:
    rows = [
        ("Median", f"{1000 * f['seconds_median']:.2f} ms"),
        ("Median processor time", f"{1000 * f['cpu_median']:.2f} ms"),
        ("Mean processor time", f"{1000 * f['cpu_mean']:.2f} ms"),
        ("Mean", f"{1000 * f['seconds_mean']:.2f} ms"),
        ("95th percentile", f"{1000 * f['seconds_p95']:.2f} ms"),
        ("Model calls per mail", f"{f['calls_per_mail']:.3f}"),
        ("Tokens in, out per mail", f"{f['tokens_in_per_mail']:.0f}, {f['tokens_out_per_mail']:.0f}"),
        ("No usable answer", share(f["degraded"])),
        ("Model files of the built-in engine", f"{f['model_bytes'] / 1e6:.2f} MB"),
    ]
    return table(("per mail", "value"), rows)


def _loso(f: dict[str, Any]) -> str:
    rows = [
        (
            r["source"],
            r["ham"],
            r["spam"],
            "-" if r["auc"] is None else _four(r["auc"]),
            share(r["flagged"]),
            share(r["called_spam"]),
            share(r["spam_called_phishing"]),
            share(r["spam_found"]),
        )
        for r in f["folds"]
    ]
    return (
        f"Each source is judged by a text model that never saw it, phishing by one that saw none from {f['from_year']} on.\n\n"
        + table(
            (
                "left out",
                "ham",
                "spam",
                "AUC",
                "ham called phishing",
                "ham called spam",
                "spam called phishing",
                "spam called spam",
            ),
            rows,
        )
        + "\nAll folds together:\n\n"
        + _phishing(f["phishing"])
        + "\n"
        + _classes(f["classes"])
        + (_by_text(f["by_text"]) if f.get("by_text") else "")
        + ("\n" + groups_tables(f["groups"]) if f.get("groups") else "")
    )


def _by_text(f: dict[str, Any]) -> str:
    budgets = ", ".join(f"{figure(b['recall'])} at {share(float(rate))}" for rate, b in f["budgets"].items())
    return f"\nThe text model alone, without header, link or file: AUC {figure(f['auc'], _four)}; recall {budgets} false positives.\n"


#: (key, heading, how it is written).
SECTIONS: Final[tuple[tuple[str, str, Callable[[dict[str, Any]], str]], ...]] = (
    ("loso", "Phishing on sources never seen", _loso),
    ("writers", "Attention, categories and action items on whole mails", writers_table),
    ("phishing", "Phishing", _phishing),
    ("classes", "Ham, spam, phishing", _classes),
    ("priority", "Priority", _priority),
    ("categories", "Categories", _categories),
    ("intent", "Action items", _intent),
    ("sensitive", "Sensitive data", _sensitive),
    ("summaries", "Summaries", _summaries),
    ("languages", "Language", _languages),
    ("injection", "Injection", _injection),
    ("follow-up", "Follow-up", _follow_up),
    ("cost", "Cost", _cost),
)


def to_markdown(
    evaluation: dict[str, Any], notes: dict[str, str] | None = None, *, marks: dict[str, str] | None = None
) -> str:
    """Return the whole report; `notes` adds a paragraph under a section's heading, `marks` words to the heading."""
    counts = ", ".join(f"{count} {name}" for name, count in evaluation["counts"].items() if count)
    model = f" ({evaluation['model']})" if evaluation["model"] else ""
    parts = [
        f"Glassdome {evaluation['glassdome']}, engine {evaluation['engine']}{model}, corpus {evaluation['corpus']}: {counts}"
        + (f"; at most {evaluation['limit']} of each" if evaluation["limit"] else "")
        + ".\n"
    ]
    for key, heading, write in SECTIONS:
        figures = evaluation["functions"].get(key)
        if figures:
            note = (notes or {}).get(key, "")
            parts.append(
                f"## {heading}{(marks or {}).get(key, '')}\n\n" + (f"{note}\n\n" if note else "") + write(figures)
            )
    return "\n".join(parts)
