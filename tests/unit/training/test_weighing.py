"""The weights of the verdict, learned from judged mail."""

from __future__ import annotations

import tomllib

import pytest

from glassdome.verdict.weights import Weights
from glassdome_lab.training.weighing import WeighedMail, fit_weights, written

TEXT = """
# Kept: a comment.
[thresholds]
phishing = 0.6
spam = 0.7
[text]
scale = 0.9
scale_against = 0.5
cap = 4.0
bias_phishing = 0.0
[model]
scale = 0.6
ceiling = 2.0
floor = -1.5
[unknown]
groups = ["facts"]
phishing_floor = 0.2
[groups.facts]
floor = -3.0
ceiling = 5.0
[groups.history]
floor = -3.0
ceiling = 1.0
[together.pair]
any_of = ["made_up"]
with_any = ["asks"]
phishing = 0.1
[signals.made_up]
group = "facts"
phishing = 0.5
[signals.asks]
group = "facts"
phishing = 0.5
[signals.proven]
group = "facts"
phishing = -0.5
[signals.known_sender]
group = "history"
phishing = -1.5
"""


def weights() -> Weights:
    return Weights.model_validate(tomllib.loads(TEXT))


def mails(phish: bool, *hits: str, count: int = 40) -> list[WeighedMail]:
    return [WeighedMail(hits=dict.fromkeys(hits, 1.0), text=0.0, phish=phish)] * count


@pytest.fixture(autouse=True)
def _needs_scipy() -> None:
    pytest.importorskip("scipy")


def test_what_tells_gains_and_no_sign_turns() -> None:
    """A fact that marks phishing gains, one that is everywhere loses, and a good sign stays good."""
    judged = mails(True, "made_up", "asks") + mails(False, "asks") + mails(True, "proven") + mails(False, "proven")
    fitted = fit_weights(judged, weights())
    assert fitted["made_up"] > 0.5
    assert 0 <= fitted["asks"] < 0.5
    assert fitted["proven"] <= 0
    assert fitted["+pair"] > 0.1


def test_what_no_corpus_knows_keeps_its_weight() -> None:
    """History needs a mailbox."""
    assert fit_weights(mails(True, "known_sender"), weights())["known_sender"] == -1.5


def test_the_file_keeps_its_words() -> None:
    """Only numbers change."""
    fitted = {"made_up": 2.25, "+pair": 1.5, "text+": 0.7, "text-": 0.4, "bias": -1.0}
    changed = written(TEXT, fitted)
    table = tomllib.loads(changed)
    assert table["signals"]["made_up"]["phishing"] == 2.25
    assert table["together"]["pair"]["phishing"] == 1.5
    assert (table["text"]["scale"], table["text"]["scale_against"], table["text"]["bias_phishing"]) == (0.7, 0.4, -1.0)
    assert "# Kept: a comment." in changed
    assert table["signals"]["asks"]["phishing"] == 0.5
