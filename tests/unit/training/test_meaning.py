"""Training of the model of meaning: its samples, languages left out in turn, and a card of its figures."""

from __future__ import annotations

import csv
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest
from numpy.typing import NDArray

from glassdome.core.errors import InputError
from glassdome.files.encoded import SIZE, read_meaning_model
from glassdome_lab.training.meaning import meaning_samples, train_meaning
from glassdome_lab.training.meaning_sources import MeaningSample, service_samples, written_samples


def _encode(text: str) -> NDArray[np.float64]:
    """Return numbers that tell a fraud by its first letter."""
    numbers = np.zeros(SIZE)
    numbers[0], numbers[1 + sum(map(ord, text)) % 9] = float(text.startswith("F")), 0.1
    return numbers


def _samples() -> list[MeaningSample]:
    return [
        MeaningSample(
            text=f"{'F' if fraud else 'O'} {language} {number}", fraud=fraud, language=language, source="written"
        )
        for language in ("en", "is", "sw")
        for fraud in (True, False)
        for number in range(20)
    ]


def test_a_language_left_out_is_judged_by_the_others(tmp_path: Path) -> None:
    """The model finds what separates frauds in any language, and the card says how much."""
    report = train_meaning(_samples(), _encode, tmp_path)
    model, card = read_meaning_model(tmp_path / "meaning.npz"), (tmp_path / "meaning.md").read_text("utf-8")

    assert report.found == {"en": (20, 20), "is": (20, 20), "sw": (20, 20)}
    assert report.alarms[0] <= 1
    assert model.log_odds(_encode("F x")) > model.log_odds(_encode("O x"))
    assert "| is | 20 of 20 |" in card
    assert "| written | 60 | 60 |" in card


def test_the_samples_of_the_repository() -> None:
    """Frauds and others of many languages, the links of all alike."""
    samples = meaning_samples()
    told = {sample.language for sample in samples if sample.fraud}

    assert {"is", "sw", "ka", "bn", "ms", "ca", "pl", "ar", "zh", "en"} <= told
    assert {sample.source for sample in samples} == {"phrases", "written", "labelled", "cases"}
    assert not [sample.text for sample in samples if "{u}" in sample.text or len(sample.text) > 400]


def test_each_line_is_a_mail(tmp_path: Path) -> None:
    """Subject and text are divided by a bar, which may be left out."""
    (tmp_path / "a.toml").write_text('[sr-latn]\nfraud = """\nS|text {u}\n"""\nhonest = """\nplain\n"""\n', "utf-8")

    found = [(sample.text, sample.fraud, sample.language) for sample in written_samples(tmp_path, source="x")]
    assert found == [("S text https://link.example/", True, "sr"), ("plain", False, "sr")]


def test_service_mail_of_free_templates_alone(tmp_path: Path) -> None:
    """One mail of each kind and language that frauds imitate; a table without the columns is refused."""
    rows = [("a.eml", "MIT", "otp", "is"), ("b.eml", "MIT", "promo", "is"), ("c.eml", "BSL-1.1", "otp", "sw")]
    with ZipFile(tmp_path / "mail.zip", "w") as files:
        for name, *_ in rows:
            files.writestr(name, "From: a@b.example\nSubject: Code\n\nYour code is 1234 in this mail.\n")
    labels = tmp_path / "labels.csv"
    with labels.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("file", "licence", "kind", "language"), *rows])

    found = service_samples(tmp_path / "mail.zip", labels)
    assert [(sample.language, sample.fraud) for sample in found] == [("is", False)]
    labels.write_text("file\n", "utf-8")
    with pytest.raises(InputError, match=r"labels\.csv has no column kind, language, licence"):
        service_samples(tmp_path / "mail.zip", labels)
