"""Training of the model of standings: labelled threads are read, fitted and judged by writers left out."""

from __future__ import annotations

from pathlib import Path

import pytest

from glassdome.core.errors import InputError
from glassdome.threads.learned import load_standing_model, read_standing_model
from glassdome.threads.traits import STANDINGS
from glassdome_lab.training.standing import judge_standings, standing_card, train_standings
from glassdome_lab.training.thread_letters import THREADS, read_labelled_threads

WRITTEN = """
=====
thread: en{number}
as_of: 2026-03-12T09:00:00
stands: {stands}
remind: no
why: Made for this test.
-----
folder: INBOX
date: 2026-03-10 14:02
from: Tom Hartley <tom@inkwell.example>
to: Jana Beispiel <jana@example.org>
subject: Brochure

{text}
-----
folder: INBOX
date: 2026-03-10 14:03
from: Tom Hartley <tom@inkwell.example>
to: Jana Beispiel <jana@example.org>
subject: Automatic reply
made_by: automatic answer
answers: 1
attached: a.pdf b.pdf

I am away until 11 March 2026.
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of two writers with threads of every standing."""
    for writer in ("one", "two"):
        texts = ("Could you send me the plans?", "Thanks, all is well.")
        blocks = [
            WRITTEN.format(number=f"{writer}{place}", stands=stands, text=texts[place % 2])
            for place, stands in enumerate(STANDINGS * 2)
        ]
        (tmp_path / f"{writer}.txt").write_text("".join(blocks), "utf-8")
    return tmp_path


def test_threads_are_read_with_their_fields(folder: Path) -> None:
    first = read_labelled_threads(folder)[0]
    assert (first.writer, first.language, first.standing, first.remind) == ("one", "en", "closed", False)
    asked, away = first.turns
    assert [debt.quote for debt in asked.requests] == ["Could you send me the plans?"]
    assert away.kind == "absence"
    assert away.in_reply_to == (asked.message_id,)


def test_a_wrong_field_names_its_thread(tmp_path: Path) -> None:
    (tmp_path / "one.txt").write_text(WRITTEN.format(number="x", stands="open", text="Hello."), "utf-8")
    with pytest.raises(InputError, match=r"one\.txt: enx has a wrong field"):
        read_labelled_threads(tmp_path)


def test_a_model_is_trained_and_judged_by_writers_left_out(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "standing.npz"
    train_standings(path, folder)
    assert "single" not in read_standing_model(path).places
    report = judge_standings(folder)
    assert sorted(report.writers) == ["one", "two"]
    assert report.total[0] == 20
    assert "| two | 10 |" in standing_card(report, 1000)


def test_a_folder_without_threads_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no labelled threads"):
        train_standings(tmp_path / "standing.npz", tmp_path)


def test_the_shipped_model_fits_the_shipped_threads() -> None:
    threads = read_labelled_threads()
    assert len({thread.name for thread in threads}) > 600
    model = load_standing_model()
    assert "rule=me_request" in model.places
    assert (THREADS / "README.md").is_file()
