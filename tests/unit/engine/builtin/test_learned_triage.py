"""Tests of the learned models of category, attention and tasks, and of the days that tasks get."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest

from glassdome.core.errors import ConfigError
from glassdome.engine.builtin.attention import judged
from glassdome.engine.builtin.categories import ranked
from glassdome.engine.builtin.chosen import chosen
from glassdome.engine.builtin.deadlines import deadline_of
from glassdome.engine.builtin.intent import look
from glassdome.engine.builtin.sentences import sentences_of
from glassdome.engine.builtin.tasks import load_task_model, numbers_of, read_task_model, write_task_model
from glassdome.engine.builtin.triage import (
    LADDER,
    TriageInput,
    load_triage_model,
    read_triage_model,
    subject_numbers,
    write_triage_model,
)
from glassdome.pipeline.process import classify
from glassdome.values.context import Context
from glassdome.values.verdict import Verdict
from tests.unit.engine.builtin.test_outputs import facts

NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)
EVEN = dict.fromkeys(LADDER, 0.2)


def verdict_on(sender: str, subject: str, body: str, *more: str) -> Verdict:
    """Return the verdict on a mail that our server vouches for."""
    domain = sender.rpartition("@")[2].rstrip(">")
    head = [
        f"Authentication-Results: mx.example.org; spf=pass smtp.mailfrom={domain}; dkim=pass header.d={domain}; dmarc=pass header.from={domain}",
        f"From: {sender}", "To: Jana Beispiel <jana@example.org>", f"Subject: {subject}", "Date: Tue, 10 Mar 2026 09:00:00 +0000",
        "Content-Type: text/plain; charset=utf-8", *more,
    ]  # fmt: skip
    raw = "\r\n".join([*head, "", body]).encode()
    return classify(raw, Context(now=NOW, mailbox="jana@example.org"), authserv_ids=frozenset({"mx.example.org"}))


def test_chances_are_chances() -> None:
    """Each set sums to one, for a mail of which nothing is known too."""
    chances = load_triage_model().chances(
        TriageInput(facts={}, text=np.zeros(0, dtype=np.int64), subject=subject_numbers([]))
    )

    assert pytest.approx(1.0, abs=1e-5) == sum(chances.categories.values())
    assert pytest.approx(1.0, abs=1e-5) == sum(chances.attention.values())
    assert all(chance >= 0.0 for chance in chances.attention.values())


def test_models_come_back_as_they_were_written(tmp_path: Path) -> None:
    """A file gives the same answers; one of another size is refused."""
    triage, tasks = load_triage_model(), load_task_model()
    write_triage_model(triage, tmp_path / "triage.npz")
    write_task_model(tasks, tmp_path / "tasks.npz")
    seen = TriageInput(facts={"known": 1.0}, text=np.arange(40), subject=subject_numbers(["invoice"]))
    lines, held, scene = [["send", "it"]], [{"question": 1.0}], ("person",)

    assert triage.chances(seen) == read_triage_model(tmp_path / "triage.npz").chances(seen)
    assert pytest.approx(tasks.log_odds(lines, held, scene)) == read_task_model(tmp_path / "tasks.npz").log_odds(
        lines, held, scene
    )
    np.savez(tmp_path / "short.npz", facts=np.array(["a"]), told=np.ones(1), words=np.ones(3), scale=1.0, bias=0.0)
    with pytest.raises(ConfigError, match="wrong shape"):
        read_task_model(tmp_path / "short.npz")


def test_sentences_keep_their_words() -> None:
    """No pair of words and no run of letters reaches over the end of a sentence."""
    numbers, places = numbers_of([["a", "b"], ["c"]])

    assert len(numbers) == len(places)
    assert [13, 8] == np.bincount(places).tolist()


def test_header_fields_decide_before_chances() -> None:
    """An automatic answer stays one; a list that one can write to is named behind the topic."""
    chances = {"work": 0.7, "social": 0.2, "travel": 0.1}

    assert ("auto-reply",) == ranked(chances, ("auto-reply",), listed=False)
    assert ("work", "mailing-list", "social") == ranked(chances, ("newsletter",), listed=True)


def test_the_rules_category_stands_first_where_no_chance_is_clear() -> None:
    """A guess of one in four is named, but not in front."""
    unclear = {"travel": 0.25, "social": 0.1, "work": 0.05}
    assert ranked(unclear, ("meeting", "work"), listed=False) == ("meeting", "travel")
    assert ranked({**unclear, "travel": 0.4}, ("meeting",), listed=False) == ("travel",)


def test_a_code_and_an_invitation_stand() -> None:
    """The model is not asked where rules decide; every answer has its reason."""
    sure = EVEN | {"skim": 0.9}

    assert ("now", "A code.") == judged(sure, facts(code=True), "now", "A code.")
    assert ("answer", "Invited.") == judged(sure, facts(invitation=True), "answer", "Invited.")
    for step in LADDER:
        found, why = judged(EVEN | {step: 0.9}, facts(), "read" if step != "read" else "skim", "Other.")
        assert step == found
        assert why.endswith(".")
        assert why != "Other."


@pytest.mark.parametrize(
    ("sender", "subject", "body", "attention", "category"),
    [
        ("Petra Amsel <p.amsel@amsel-glas.example>", "Angebot 2026-31", "Guten Tag Frau Beispiel, liefern Sie die Regale für den Kunden Hansen in Eiche oder Esche? Mit freundlichen Grüßen Petra Amsel", "answer", "work"),
        ("Lakeside Bank <no-reply@lakesidebank.example>", "Your statement is ready", "Hello Jana, your statement for May is now in your online banking under Documents. You do not need to do anything.", "skim", "finance"),
        ("Colibus <suivi@colibus.example>", "Votre colis est en route", "Livraison prévue demain.", "skim", "delivery"),
        ("Hotel Miramar <reservas@hotelmiramar.example>", "Reserva confirmada", "Dos noches desde el 3 de junio.", "read", "travel"),
    ],
)  # fmt: skip
def test_learned_answers(sender: str, subject: str, body: str, attention: str, category: str) -> None:
    """Mails like those of every day, in words that no table holds."""
    verdict = verdict_on(sender, subject, body)

    assert (attention, category) == (verdict.attention, verdict.categories[0])
    assert verdict.attention_reason.endswith(".")


def test_a_statement_can_be_a_task() -> None:
    """Things that the writer lacks are to be sent, with the day of the sentence; courtesy is nothing to do."""
    verdict = verdict_on(
        "Nora Falk <n.falk@falk-print.example>",
        "Catalogue",
        "Hello Jana,\n\nI still need the signed proof from you by 20 March.\n\nHave a nice week\nNora\n",
    )

    assert ["2026-03-20"] == [item.due_at for item in verdict.action_items]


class Odds:
    """Stands where the model of tasks stands, with the same log-odds for every mail."""

    def __init__(self, *odds: float) -> None:
        self.odds = list(odds)

    def log_odds(self, lines: Sequence[object], facts: Sequence[object], scene: tuple[str, ...]) -> list[float]:
        return self.odds


@pytest.mark.parametrize(("odds", "found"), [((0.4, 0.3), 0), ((0.6, 0.3), 2), ((0.6, -0.1), 1)])
def test_a_mail_leaves_something_to_do_where_one_sentence_is_sure(odds: tuple[float, float], found: int) -> None:
    """Two doubtful sentences are none; next to a sure one a doubtful one counts."""
    looked = look(sentences_of("Send the form. Bring the pens."), "en", NOW)

    assert found == len(chosen(looked, Odds(*odds), scene=("person",), reader=frozenset()))


@pytest.mark.parametrize(
    ("text", "language", "day"),
    [
        ("Send me your share by the 20th.", "en", date(2026, 3, 20)),
        ("Bitte bis zum 5. zahlen.", "de", date(2026, 4, 5)),
        ("Envoyez-le avant le 12, merci.", "fr", date(2026, 3, 12)),
        ("It has to go by the 3 managers.", "en", None),
    ],
)
def test_the_number_of_a_day(text: str, language: str, day: date | None) -> None:
    """A number alone names the next such day, where a word says that it is a limit."""
    found = deadline_of(text, language, NOW)

    assert day == (found.day if found is not None else None)
