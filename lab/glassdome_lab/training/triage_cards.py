"""The cards of the models of triage: what they learned from, how good they are, and what the figures do not tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

__all__ = ["TasksReport", "TriageReport", "tasks_card", "triage_card"]

_COMMAND: Final = "`python -m glassdome_lab.training.triage --service-mail ZIP --labels CSV`"
#: Measured once by the maintainers, each set before it was learned from, so that no command can measure it again.
_HIDDEN: Final = """\
## On mail that no writer of rules or training data read

790 mails of four other writers were measured once, with the models that 370 mails had taught, before they became training data:

| writer, languages | attention exact | within one step | first category | action items, F1 |
| --- | --- | --- | --- | --- |
| third, en | 0.70 | 0.96 | 0.84 | 0.76 |
| fourth, en, it, nl | 0.64 | 0.89 | 0.82 | 0.76 |
| fifth, de | 0.64 | 0.94 | 0.78 | 0.77 |
| sixth, fr, es, pt | 0.66 | 0.88 | 0.86 | 0.70 |

Mails without a task got no item in 83 to 94 % of them. The first models of all, measured once on 110 mails (`second.txt`), before (rules
alone) and after:

| | before | after |
| --- | --- | --- |
| attention exact | 56.7 % | 60.8 % |
| attention within one step | 93.8 % | 89.7 % |
| first category accepted | 59.8 % | 73.2 % |
| action items, F1 | 0.458 | 0.747 |
| mails without a task that got no item | 83 % | 78 % |

Since these measurements the models learned from all of these mails. On 120 mails of a seventh writer, which shaped nothing, before
(the models that 370 mails had taught) and after:

| | before | after |
| --- | --- | --- |
| attention exact | 67.6 % | 84.3 % |
| attention within one step | 91.7 % | 97.2 % |
| first category accepted | 84.3 % | 86.1 % |
| action items, F1 | 0.67 | 0.75 |
| right day of the items found | 68 % | 80 % |
| mails without a task that got no item | 81 % | 89 % |
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class TriageReport:
    """The mails of each origin that were learned from, counted, and the figures of cross-validation."""

    labelled: int
    modern: int
    service: int
    written: int
    figures: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class TasksReport:
    """The sentences and mails that were learned from, counted; those that a label quotes; the figures of cross-validation."""

    mails: int
    sentences: int
    quoted: int
    acts: int
    figures: Mapping[str, float]


def triage_card(report: TriageReport) -> str:
    """Return the card of `triage.npz` as Markdown."""
    told = report.figures
    return f"""\
# Model card: triage.npz

Says how a mail wants to be met (`now`, `answer`, `read`, `skim`) and what it is about (22 categories), in English, German, French,
Spanish, Italian, Dutch and Portuguese; elsewhere the rules decide. Two logistic regressions, one ordinal and one multinomial, over
facts that the engine has anyway (who writes, by which way, requests and their days, the lexicon's concepts) and hashed words of
subject and text. The file holds eighth-bit weights and no text. Written by
{_COMMAND}; service mail is optional and not in the repository.

## What it learned from

| learned from | mails | origin |
|---|---|---|
| labelled whole mails | {report.labelled} | written and labelled by hand, `lab/glassdome_lab/training/triage_labelled` |
| modern legitimate mail | {report.modern} | the same, six languages, `tests/data/cases/modern_2026` |
| service mail of open-source programs | {report.service}, a fifth of the weight | rendered from templates under free licences, categories only |
| short mails written for training | {report.written} | synthetic, `lab/glassdome_lab/training/triage_written`; never scored |

## How good it is on mails of the same writers

Five-fold cross-validation over the labelled mails, all others only in training: attention exact {told["exact"]:.2f}, within one step
{told["within_one"]:.2f}, first category accepted {told["category"]:.2f}. The writers had the same instructions, and the choice of facts and penalties was made on these
mails, so that other mail fares worse.

{_HIDDEN}"""


def tasks_card(report: TasksReport) -> str:
    """Return the card of `tasks.npz` as Markdown."""
    told = report.figures
    return f"""\
# Model card: tasks.npz

Decides which sentences of a mail leave its reader something to do, in the seven languages of the lexicon; elsewhere phrases decide.
Logistic regression over hashed words, their beginnings and pairs, runs of letters, and facts of the sentence and of the mail around it (its
place and length, a question, a deadline, a line of a list, a name, who writes, mail of a list, how many sentences ask). A mail has tasks
only where one of its sentences is clear. The file holds weights and no text. Written by
{_COMMAND}; service mail does not change this file.

## What it learned from

{report.sentences:,} sentences of {report.mails} whole mails ({report.quoted} of them quoted by a label as something to do; `lab/glassdome_lab/training/triage_labelled`) and, at
a quarter of the weight, {report.acts:,} sentences labelled by what they do, a request or one of eleven other acts, in English, German, French and
Spanish (`lab/glassdome_lab/training/acts`), all written by hand.

## How good it is on mails of the same writers

Five-fold cross-validation by mail, a sentence at a time: precision {told["precision"]:.2f}, recall {told["recall"]:.2f}, F1 {told["f1"]:.2f}. The facts and the line between task
and no task were chosen on these mails, so that other mail fares worse.

{_HIDDEN}"""
