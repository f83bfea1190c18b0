"""Training of the model of sentence acts: its sentences, the same file each time, and a card of its figures."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from glassdome.core.errors import InputError
from glassdome.engine.builtin.acts import ACTS, act_features, load_act_model, read_act_model
from glassdome.threads.lexicon import read_words, words_for
from glassdome_lab.training import act_card, judge_acts, train_acts
from glassdome_lab.training.acts import SENTENCES, Labelled, read_acts

#: One sentence in so many of the shipped ones is tried.
EVERY = 40


def write(folder: Path, language: str, acts: Iterable[str] = ACTS) -> None:
    """Write seven sentences of each act."""
    words = ("sea", "wood", "cake", "hall", "film", "walk", "song")
    parts = (f"## {act}\n" + "".join(f"{act} of the {word}\n" for word in words) for act in acts)
    (folder / f"{language}.txt").write_text("# A remark.\n\n" + "\n".join(parts), "utf-8")


def test_training_gives_the_same_file_each_time(tmp_path: Path) -> None:
    write(tmp_path, "en")
    for name in ("one.npz", "two.npz"):
        train_acts(tmp_path / name, tmp_path)
    one, two = (read_act_model(tmp_path / name) for name in ("one.npz", "two.npz"))
    assert (one.weights == two.weights).all()
    chances = one.chances(act_features("request of the sea", "en"))
    assert max(chances, key=lambda act: chances[act]) == "request"


def test_the_card_tells_what_was_learned_and_how_well(tmp_path: Path) -> None:
    write(tmp_path, "en")
    write(tmp_path, "de")
    card = act_card(judge_acts(tmp_path), 1234)
    assert "168 made-up sentences" in card
    assert "figures on those sets are in sample" in card
    assert "| de |" in card
    assert "| request | 14 |" in card


def test_an_act_without_sentences_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "en", ACTS[1:])
    with pytest.raises(InputError, match="request"):
        train_acts(tmp_path / "acts.npz", tmp_path)


def test_a_heading_that_is_no_act_is_refused(tmp_path: Path) -> None:
    (tmp_path / "en.txt").write_text("## wish\nI want a boat\n", "utf-8")
    with pytest.raises(InputError, match="wish"):
        read_acts(tmp_path)


def test_the_shipped_sentences_are_distinct_and_of_every_act() -> None:
    rows = read_acts(SENTENCES)
    assert {row.language for row in rows} == {"en", "de", "fr", "es"}
    assert len({(row.language, row.text.lower()) for row in rows}) == len(rows) > 9_000
    for language in ("en", "de", "fr", "es"):
        assert {ACTS[row.act] for row in rows if row.language == language} == set(ACTS)


def test_the_shipped_model_learned_from_the_shipped_sentences() -> None:
    rows = read_acts(SENTENCES)[::EVERY]
    assert sum(_told(row) == row.act for row in rows) / len(rows) > 0.9


def _told(row: Labelled) -> int:
    roles = read_words(row.language).roles(words_for(row.text, row.language))
    chances = load_act_model().chances(act_features(row.text, row.language, roles))
    return max(range(len(ACTS)), key=lambda number: chances[ACTS[number]])
