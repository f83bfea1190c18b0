"""The trained model of standings: what it may change, and where it stays silent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from glassdome.core.errors import ConfigError
from glassdome.threads import learned, thread_of
from glassdome.threads.learned import StandingModel, load_standing_model, read_standing_model, write_standing_model
from glassdome.threads.state import traits_of
from glassdome.threads.traits import STANDINGS
from glassdome.values.thread import Thread, ThreadState, Turn
from tests.unit.threads.letters import OWNER, START, TOM, letter, mine, standing

ASKED = letter("Could you send me the plans of the boat by Friday?")
ANSWERED = mine("The keel is four metres long.", day=1)


def believing(**chances: float) -> StandingModel:
    """Return a model that gives every thread these chances."""
    told = np.array([np.log(chances.get(name, 0.001)) for name in STANDINGS], dtype=np.float32)
    return StandingModel(places={}, weights=np.zeros((0, len(STANDINGS)), dtype=np.float32), bias=told)


def judged(monkeypatch: pytest.MonkeyPatch, model: StandingModel, *turns: Turn, day: int = 9) -> Thread:
    monkeypatch.setattr(learned, "load_standing_model", lambda: model)
    return standing(*turns, day=day)


def test_a_debt_that_the_model_takes_for_paid_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert judged(monkeypatch, believing(me_request=0.9), ASKED).state is ThreadState.OPEN_ME
    assert judged(monkeypatch, believing(closed=0.9), ASKED).state is ThreadState.CLOSED
    assert judged(monkeypatch, believing(closed=0.55, me_request=0.4), ASKED).state is ThreadState.OPEN_ME


def test_a_debt_that_the_rules_took_for_paid_opens_again(monkeypatch: pytest.MonkeyPatch) -> None:
    thread = judged(monkeypatch, believing(me_request=0.9), ASKED, ANSWERED)
    assert thread.state is ThreadState.OPEN_ME
    assert thread.debt is not None
    assert thread.debt.quote == "Could you send me the plans of the boat by Friday?"


def test_a_debt_that_no_rule_found_has_the_last_words_that_may_make_it(monkeypatch: pytest.MonkeyPatch) -> None:
    quiet = letter("The plans of the keel are still with you.")
    promise = mine("The keel is on the list of the yard.", day=1)
    mine_owed = judged(monkeypatch, believing(me_promise=0.9), quiet, promise)
    assert mine_owed.state is ThreadState.OPEN_ME
    assert mine_owed.debt is not None
    assert (mine_owed.debt.basis, mine_owed.debt.quote) == ("promise", "The keel is on the list of the yard.")
    asked = judged(monkeypatch, believing(me_request=0.9), quiet)
    assert asked.debt is not None
    assert asked.debt.quote == "The plans of the keel are still with you."
    empty = letter("")
    assert judged(monkeypatch, believing(me_request=0.9), empty).state is ThreadState.CLOSED


def test_no_reminder_builds_on_a_side_that_the_model_doubts(monkeypatch: pytest.MonkeyPatch) -> None:
    assert judged(monkeypatch, believing(me_request=0.8, closed=0.2), ASKED).remind
    assert not judged(monkeypatch, believing(me_request=0.5, closed=0.5), ASKED).remind


def test_a_turn_without_acts_or_in_a_language_not_learned_is_read_by_the_rules(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stored_before = replace(ASKED, acts=(), last_acts=())
    assert judged(monkeypatch, believing(closed=0.9), stored_before).state is ThreadState.OPEN_ME
    italian = replace(ASKED, language="it")
    assert judged(monkeypatch, believing(closed=0.9), italian).state is ThreadState.OPEN_ME


def test_suspected_mail_turns_no_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither its flags nor its words reach the model or the summary, also where it was called junk after it was read."""
    seen: list[dict[str, float]] = []

    class Watching(StandingModel):
        def chances(self, traits: Mapping[str, float]) -> dict[str, float]:
            seen.append(dict(traits))
            return super().chances(traits)

    told = believing(me_request=0.9)
    watching = Watching(places=told.places, weights=told.weights, bias=told.bias)
    quiet = letter("The plans of the keel are still with you.")
    junk = replace(letter("Your parcel waits at the customs office.", day=2), suspected=True)
    alone = judged(monkeypatch, watching, quiet)
    joined = judged(monkeypatch, watching, quiet, junk)

    assert seen[0] == seen[1]
    assert (alone.state, alone.debt, alone.summary) == (joined.state, joined.debt, joined.summary)
    assert "parcel" not in judged(monkeypatch, watching, junk).summary


def test_the_traits_tell_the_reading_of_the_rules_and_the_last_mails() -> None:
    traits = traits_of([ASKED, ANSWERED], owner=OWNER, now=START.replace(day=12))
    assert traits["1_other_asks"] == traits["0_me"] == traits["ever_me"] == 1.0
    assert traits["1_request"] > 0.8
    assert all(0 < value <= 3 for value in traits.values())
    single = traits_of([ASKED], owner=OWNER, now=START)
    assert single["rule=me_request"] == single["debt_me_due"] == single["single"] == 1.0


def test_a_thread_needs_a_mail() -> None:
    with pytest.raises(ValueError, match="one mail"):
        traits_of([], owner=OWNER, now=START)


def test_a_model_file_of_another_form_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "standing.npz"
    shipped = load_standing_model()
    write_standing_model(shipped, path)
    again = read_standing_model(path)
    assert again.places == shipped.places
    np.savez_compressed(path, names=np.array(["single"]), weights=np.zeros((2, 5)), bias=np.zeros(5))
    with pytest.raises(ConfigError, match="wrong shape"):
        read_standing_model(path)
    path.write_bytes(b"nothing")
    with pytest.raises(ConfigError, match="cannot be read"):
        read_standing_model(path)


def test_the_chances_of_a_thread_sum_to_one_and_unknown_traits_count_nothing() -> None:
    model = load_standing_model()
    traits = traits_of([ASKED], owner=OWNER, now=START)
    chances = model.chances(traits)
    assert sum(chances.values()) == pytest.approx(1.0, abs=1e-5)
    assert model.chances({**traits, "made up": 5.0}) == chances
    assert max(chances, key=lambda name: chances[name]) == "me_request"


def test_the_creditor_of_a_learned_promise_is_the_one_written_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learned, "load_standing_model", lambda: believing(me_promise=0.9))
    turns = (letter("The mast is new."), mine("The keel is on the list of the yard.", to=TOM, day=1))
    thread = thread_of(turns, owner=OWNER, now=START.replace(day=12))
    assert thread.state is ThreadState.OPEN_ME
    assert thread.since == turns[1].at
