"""The model of sentence acts: its features, its file and what it tells."""

from __future__ import annotations

import time
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from glassdome.core.errors import ConfigError
from glassdome.engine.builtin.acts import ACTS, BUCKETS, act_features, load_act_model, read_act_model, write_act_model

#: Milliseconds that one sentence may cost on a busy machine; an idle one takes a tenth.
MOST_MS = 2.0


def told(text: str, language: str) -> str:
    """Return the likeliest act of a sentence."""
    chances = load_act_model().chances(act_features(text, language))
    return max(chances, key=lambda act: chances[act])


@pytest.mark.parametrize(
    ("language", "text", "act"),
    [
        ("en", "Could you send me the keys by Monday?", "request"),
        ("en", "I'll send you the drawing tomorrow.", "promise"),
        ("de", "Könnten Sie mir bitte die Rechnung schicken?", "request"),
        ("de", "Ich schicke dir das Buch morgen.", "promise"),
        ("fr", "Pouvez-vous me renvoyer le contrat ?", "request"),
        ("fr", "Je vous envoie le plan demain.", "promise"),
        ("es", "¿Me puede enviar la factura?", "request"),
        ("es", "Te mando el libro mañana.", "promise"),
        ("en", "Have a lovely weekend!", "empty"),
        ("de", "Perfekt, vielen Dank!", "ack"),
    ],
)
def test_it_tells_plain_sentences(language: str, text: str, act: str) -> None:
    assert told(text, language) == act


def test_features_are_distinct_bounded_and_the_same_each_time() -> None:
    numbers = act_features("Could you send it, please?", "en", {"ask"})
    assert numbers == sorted(set(numbers)) == act_features("Could you send it, please?", "en", {"ask"})
    assert 0 <= min(numbers) <= max(numbers) < BUCKETS
    assert numbers != act_features("Could you send it, please?", "de", {"ask"})


@pytest.mark.parametrize("text", ["", "?", "a" * 100_000, "a " * 50_000, "é" * 9_000, "\x00\ud800"])
def test_hostile_text_is_read_in_bounds(text: str) -> None:
    start = time.perf_counter()
    chances = load_act_model().chances(act_features(text, "en"))
    assert sum(chances.values()) == pytest.approx(1, abs=1e-3)
    assert time.perf_counter() - start < 0.2


def test_a_sentence_costs_little() -> None:
    text, model = "Please send me the signed copy of the contract before the end of the week.", load_act_model()
    start = time.perf_counter()
    for number in range(200):
        model.chances(act_features(f"{text} {number}", "en"))
    assert (time.perf_counter() - start) / 200 * 1000 < MOST_MS


def test_the_file_is_small_and_written_as_it_was_read(tmp_path: Path) -> None:
    shipped = files("glassdome.engine.builtin").joinpath("model").joinpath("acts.npz")
    assert len(shipped.read_bytes()) < 600_000
    model = load_act_model()
    write_act_model(model, tmp_path / "acts.npz")
    again = read_act_model(tmp_path / "acts.npz")
    assert np.array_equal(again.weights, model.weights)
    assert again.weights.dtype == np.int8
    assert again.weights.shape == (BUCKETS, len(ACTS))


def test_a_file_of_another_shape_is_refused(tmp_path: Path) -> None:
    np.savez_compressed(tmp_path / "acts.npz", weights=np.zeros((4, 2), np.int8), scale=np.ones(2), bias=np.zeros(2))
    with pytest.raises(ConfigError, match="wrong shape"):
        read_act_model(tmp_path / "acts.npz")
