"""Training of the models of triage with one command: tasks first, then category and attention, each with its card.

`python -m glassdome_lab.training.triage [--service-mail ZIP --labels CSV] [--out FOLDER]`
"""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from glassdome.core.errors import InputError
from glassdome.engine.builtin.chosen import Tasks
from glassdome.engine.builtin.tasks import TaskModel
from glassdome.engine.builtin.triage import TriageModel
from glassdome_lab.training.acts import SENTENCES
from glassdome_lab.training.tasks import (
    TaskSample,
    act_samples,
    cross_validated_tasks,
    fit_tasks,
    task_samples,
    train_tasks,
)
from glassdome_lab.training.triage_cards import TasksReport, TriageReport, tasks_card, triage_card
from glassdome_lab.training.triage_data import TriageSample, read_written, samples_of
from glassdome_lab.training.triage_fitting import cross_validated, fit_triage, train_triage
from glassdome_lab.training.triage_mails import TriageMail, read_triage_mails
from glassdome_lab.training.triage_sources import LabelledRaw, modern_mails, service_mails

__all__ = ["LABELLED", "TriageSources", "fitted", "labelled_writers", "train_models", "triage_sources"]

#: The labelled mails that ship with the lab, and the modern mail of the tests.
LABELLED: Final = Path(__file__).parent / "triage_labelled"
_REPOSITORY: Final = Path(__file__).parents[3]
_MODERN: Final = _REPOSITORY / "tests" / "data" / "cases" / "modern_2026"
_MODELS: Final = _REPOSITORY / "glassdome" / "engine" / "builtin" / "model"


@dataclass(frozen=True, slots=True, kw_only=True)
class TriageSources:
    """All that both models learn from: whole mails, short written ones, raw mail, sentences without a mail."""

    labelled: Sequence[TriageMail]
    written: Sequence[TriageMail] = ()
    modern: Sequence[LabelledRaw] = ()
    service: Sequence[LabelledRaw] = ()
    acts: Sequence[TaskSample] = field(default=(), repr=False)


def labelled_writers() -> dict[str, list[TriageMail]]:
    """Return the labelled whole mails by their file, each the work of writers with the same instructions."""
    return {path.stem: read_triage_mails(path) for path in sorted(LABELLED.glob("*.txt"))}


def triage_sources(service_mail: Path | None = None, labels: Path | None = None) -> TriageSources:
    """Return what is in the repository, with service mail where given; raises InputError for mail without its labels."""
    if (service_mail is None) != (labels is None):
        raise InputError("Service mail needs its labels, and labels their mail.")
    return TriageSources(
        labelled=[mail for mails in labelled_writers().values() for mail in mails],
        written=read_written(),
        modern=modern_mails(_MODERN),
        service=service_mails(service_mail, labels) if service_mail is not None and labels is not None else (),
        acts=[sample for path in sorted(SENTENCES.glob("*.txt")) for sample in act_samples(path)],
    )


def train_models(sources: TriageSources, out: Path) -> None:
    """Train both models and write them to `out` with their cards; the same sources give the same files."""
    sentences = [*task_samples(sources.labelled), *sources.acts]
    tasks = train_tasks(sentences, out / "tasks.npz")
    samples = _samples(sources, sentences, tasks)
    train_triage(samples, out / "triage.npz")
    (out / "tasks.md").write_text(tasks_card(_tasks_report(sentences)), "utf-8")
    (out / "triage.md").write_text(triage_card(_triage_report(sources, samples)), "utf-8")


def fitted(sources: TriageSources) -> tuple[TaskModel, TriageModel]:
    """Return both models of these sources, as `train_models` writes them."""
    sentences = [*task_samples(sources.labelled), *sources.acts]
    tasks = fit_tasks(sentences)
    return tasks, fit_triage(_samples(sources, sentences, tasks))


def _samples(sources: TriageSources, sentences: Sequence[TaskSample], tasks: Tasks) -> list[TriageSample]:
    """Return the samples of category and attention; a labelled mail's tasks are told by a model that did not learn from it."""
    raw = [one.sample(tasks) for one in (*sources.modern, *sources.service)]
    return [
        *samples_of(sources.written, source="written", written=True, tasks=tasks),
        *(sample for half in (0, 1) for sample in _of_half(half, sources.labelled, sentences)),
        *(sample for sample in raw if sample is not None),
    ]


def _of_half(half: int, mails: Sequence[TriageMail], sentences: Sequence[TaskSample]) -> list[TriageSample]:
    tasks = fit_tasks([sample for sample in sentences if sample.act or _half(sample.group) != half])
    return samples_of([mail for mail in mails if _half(mail.id) == half], source="labelled", tasks=tasks)


def _half(name: str) -> int:
    return sum(map(ord, name)) % 2


def _tasks_report(sentences: Sequence[TaskSample]) -> TasksReport:
    own = [sample for sample in sentences if not sample.act]
    return TasksReport(
        mails=len({sample.group for sample in own}), sentences=len(own), quoted=sum(sample.task for sample in own),
        acts=len(sentences) - len(own), figures=cross_validated_tasks(sentences)[0.0],
    )  # fmt: skip


def _triage_report(sources: TriageSources, samples: Sequence[TriageSample]) -> TriageReport:
    return TriageReport(
        labelled=len({sample.group for sample in samples if not sample.written}), modern=_count(samples, "modern"),
        service=_count(samples, "service"), written=len(sources.written), figures=cross_validated(samples),
    )  # fmt: skip


def _count(samples: Sequence[TriageSample], origin: str) -> int:
    return sum(sample.group.startswith(f"{origin}:") for sample in samples)


if __name__ == "__main__":
    _parser = ArgumentParser(prog="python -m glassdome_lab.training.triage", description=__doc__)
    _parser.add_argument("--service-mail", type=Path, help="an archive of raw mails made of templates")
    _parser.add_argument("--labels", type=Path, help="the labels of that mail")
    _parser.add_argument("--out", type=Path, default=_MODELS, help="the folder to write to, else the package's")
    _given = _parser.parse_args()
    train_models(triage_sources(_given.service_mail, _given.labels), _given.out)
