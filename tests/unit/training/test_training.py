"""Training end to end on made-up mail, and the shadow evaluation."""

from __future__ import annotations

import gzip
import json
import shutil
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import numpy as np
import pytest

from glassdome.core.errors import InputError
from glassdome.engine.builtin.classifier import load_classifier, read_classifier
from glassdome.engine.builtin.request_classifier import read_request_classifier
from glassdome_lab.training import Recipe, Sample, read_samples, shadow_compare, train, train_asking
from glassdome_lab.training.calibration import calibrated, expected_calibration_error
from glassdome_lab.training.fitting import matrix_of
from glassdome_lab.training.judging import HeldOutTrial
from glassdome_lab.training.synthetic import load_templates, synthetic_mail

QUICK = Recipe(synthetic_ham=40, synthetic_phish=20, least_documents=2, least_sources=1, most_per_source=80)
WHOLE = replace(QUICK, shortened=0)
WARES = ("cheap pills", "rolex replica", "casino bonus", "lose weight")


def letter(subject: str, text: str) -> bytes:
    """A raw message."""
    message = EmailMessage()
    message["Subject"], message["From"] = subject, "a@x.example"
    message.set_content(text)
    return message.as_bytes()


def fill(folder: Path, label: str, source: str, mails: list[tuple[str, str]]) -> None:
    """Write mails into `folder/label/source`."""
    place = folder / label / source
    place.mkdir(parents=True)
    for number, (subject, text) in enumerate(mails):
        (place / f"{number}.eml").write_bytes(letter(subject, text))


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two sources of ham, one of spam and of phish."""
    folder = tmp_path_factory.mktemp("corpus")
    ham = [(subject, text) for subject, text, _ in synthetic_mail("ham", 80, 101)]
    fill(folder, "ham", "one", ham[:40])
    fill(folder, "ham", "two", ham[40:])
    fill(
        folder,
        "spam",
        "wares",
        [(f"Offer {n}", f"Buy {WARES[n % 4]} now, {n} % off! Order {n * 7}.") for n in range(30)],
    )
    fill(folder, "phish", "pot", [(subject, text) for subject, text, _ in synthetic_mail("phish", 40, 102)])
    return folder


def test_training_writes_a_model_and_its_card(corpus: Path, tmp_path: Path) -> None:
    """The model tells its classes apart, and the card names sources, figures and recipe."""
    said: list[str] = []
    report = train(corpus, tmp_path / "m.npz", recipe=QUICK, progress=said.append)
    model = read_classifier(report.model)
    _, _, phish = model.probabilities("Account suspended", "Dear customer, verify your account within 24 hours: zurl.")
    assert phish > 0.5
    assert model.probabilities("Lunch", "Are you free for lunch on Friday? See you soon, Anna")[0] > 0.5
    assert report.activated
    assert report.samples == {"one": {"ham": 40}, "pot": {"phish": 40}, "two": {"ham": 40}, "wares": {"spam": 30}}
    assert {(f.label, f.source) for f in report.figures} == {("ham", "one"), ("ham", "two"), ("spam", "wares")}
    card = report.card.read_text("utf-8")
    assert [
        word for word in ("one", "pot", "recall at 1 %", "calibration error", "inverse_penalty") if word not in card
    ] == []
    assert "without ham of one" in said


def test_training_is_deterministic(corpus: Path, tmp_path: Path) -> None:
    """The same mail and recipe give the same weights."""
    first = read_classifier(train(corpus, tmp_path / "a.npz", recipe=QUICK).model)
    second = read_classifier(train(corpus, tmp_path / "b.npz", recipe=QUICK).model)
    assert np.array_equal(first.hashed, second.hashed)
    assert np.array_equal(first.slope, second.slope)


def test_a_source_can_be_left_out(corpus: Path, tmp_path: Path) -> None:
    """A source that was left out is not in the report, which tells beside it how good a model with it is."""
    report = train(corpus, tmp_path / "m.npz", recipe=QUICK, without_sources={"two"})
    assert "two" not in report.samples
    card = report.card.read_text("utf-8")
    assert "Left out: two." in report.cost
    assert "recall at 1 % with | without" in report.cost
    assert len([line for line in report.cost.splitlines() if line.startswith(("| one |", "| two |"))]) == 2
    assert report.cost in card


def test_phish_of_a_source_left_out_is_judged_but_teaches_nothing(corpus: Path, tmp_path: Path) -> None:
    """The mail of a source left out changes no weight."""
    trial = HeldOutTrial.of(read_samples(corpus), matrix_of(read_samples(corpus)), {"pot"})
    assert {s.source for s, learnt in zip(trial.samples, trial.learnt, strict=True) if not learnt} == {"pot"}
    assert trial.late.any()
    (own := tmp_path / "own").mkdir()
    for label in ("ham", "spam", "phish"):
        shutil.copytree(corpus / label, own / label)
    shutil.rmtree(own / "ham" / "two")
    without = train(corpus, tmp_path / "a.npz", recipe=WHOLE, without_sources={"two"})
    never = train(own, tmp_path / "b.npz", recipe=WHOLE)
    first, second = read_classifier(without.model), read_classifier(never.model)
    assert np.array_equal(first.hashed, second.hashed)
    assert np.array_equal(first.slope, second.slope)


def test_a_source_that_is_not_there_cannot_be_left_out(corpus: Path, tmp_path: Path) -> None:
    """A name that was typed wrongly does not pass for a source left out."""
    with pytest.raises(InputError, match="phishing_pott"):
        train(corpus, tmp_path / "m.npz", recipe=QUICK, without_sources={"phishing_pott"})


def test_bad_feedback_activates_nothing(corpus: Path, tmp_path: Path) -> None:
    """Corrections that make the model worse leave the old file alone."""
    (tmp_path / "m.npz").write_bytes(b"the old model")
    wrong = [
        replace(sample, label="phish" if sample.label == "ham" else "ham", source="feedback", cluster=f"f{number}")
        for number, sample in enumerate([s for s in read_samples(corpus) if s.label != "spam"] * 2)
    ]
    report = train(corpus, tmp_path / "m.npz", recipe=QUICK, with_feedback=wrong)
    assert (report.activated, (tmp_path / "m.npz").read_bytes()) == (False, b"the old model")
    assert report.shadow is not None
    assert not report.shadow.better


def test_good_feedback_is_learned(corpus: Path, tmp_path: Path) -> None:
    """Corrections that agree with the rest are taken in."""
    right = [
        Sample(
            label="ham", source="feedback", subject=f"Garden {n}", text=f"The tulips in bed {n} bloom.", cluster=str(n)
        )
        for n in range(12)
    ]
    report = train(corpus, tmp_path / "m.npz", recipe=QUICK, with_feedback=right)
    assert report.activated
    assert read_classifier(report.model).probabilities("Garden", "The tulips bloom.")[0] > 0.5


def test_shadow_prefers_neither_of_two_equals() -> None:
    """A model is not worse than itself; one that calls all phishing is."""
    model = load_classifier()
    held = [Sample(label="ham", source="x", subject=s, text=t, cluster=k) for s, t, k in synthetic_mail("ham", 20, 5)]
    assert shadow_compare(model, model, held).better
    alarmed = replace(model, shift=np.array([-9.0, 9.0], dtype=np.float32))
    assert not shadow_compare(model, alarmed, held).better


def test_table_layout(tmp_path: Path) -> None:
    """`labels.csv` beside the files gives source, cluster, core and year."""
    (tmp_path / "a.eml").write_bytes(letter("Hi", "How are you?"))
    (tmp_path / "labels.csv").write_text("file,label,source,core,year,cluster\na.eml,ham,friends,0,2024,7\n")
    sample = read_samples(tmp_path)[0]
    assert (sample.label, sample.source, sample.core, sample.year, sample.cluster) == (
        "ham",
        "friends",
        False,
        "2024",
        "7",
    )
    assert (sample.subject, sample.text.strip()) == ("Hi", "How are you?")


def test_nothing_to_learn_from(tmp_path: Path) -> None:
    """An empty folder and one without phish are refused with a sentence."""
    with pytest.raises(InputError, match="No labelled mail"):
        train(tmp_path, tmp_path / "m.npz")
    fill(tmp_path, "ham", "one", [("Hi", "How are you?")])
    with pytest.raises(InputError, match="both ham and phish"):
        train(tmp_path, tmp_path / "m.npz")


def test_templates_leave_no_slot_unfilled() -> None:
    """Every template of every language can be filled, and no mark of the template language is left."""
    assert {template.language for template in load_templates()} == {"en", "de", "fr", "es", "it", "nl", "pt"}
    for label in ("ham", "phish"):
        assert [text for _, text, _ in synthetic_mail(label, 400, 3) if "{" in text or "<" in text] == []


def test_calibration_corrects_overconfidence() -> None:
    """Odds twice too large are brought back, and the calibration error falls."""
    rng = np.random.default_rng(1)
    true = rng.normal(0, 2, 4_000)
    labels = np.where(rng.random(4_000) < 1 / (1 + np.exp(-true)), 2, 0)
    odds = np.stack([np.full(4_000, -9.0), 2 * true], axis=1)
    model = calibrated(load_classifier(), odds, labels, np.ones(4_000))
    assert model.slope[1] == pytest.approx(0.5, abs=0.06)
    before = expected_calibration_error(1 / (1 + np.exp(-2 * true)), labels == 2, np.ones(4_000))
    after = expected_calibration_error(1 / (1 + np.exp(-true)), labels == 2, np.ones(4_000))
    assert after < before


def test_request_model_is_trained_from_sentences(tmp_path: Path) -> None:
    """A handful of sentences gives a model that tells asking from telling."""
    rows = [{"text": f"Please send file {n}", "intent_request": 1} for n in range(20)]
    rows += [{"text": f"The file {n} is fine", "intent_request": 0} for n in range(20)]
    source = tmp_path / "s.jsonl.gz"
    source.write_bytes(gzip.compress("\n".join(json.dumps(row) for row in rows).encode()))
    figures = train_asking(source, tmp_path / "asking.npz")
    assert figures["f1"] > 0.9
    model = read_request_classifier(tmp_path / "asking.npz")
    assert model.log_odds(["please", "send", "it"], question=False, rule=2.0) > 0
    assert model.log_odds(["the", "file", "is", "fine"], question=False, rule=0.0) < 0
