"""Tests of reading labelled mails, of their scores, and of training on them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from zipfile import ZipFile

import pytest

from glassdome.core.errors import InputError
from glassdome_lab.evaluation.functions.triage import matched, measure_triage, triage_row
from glassdome_lab.training.tasks import act_samples, cross_validated_tasks, task_samples, train_tasks
from glassdome_lab.training.triage import TriageSources, train_models, triage_sources
from glassdome_lab.training.triage_data import read_written, samples_of
from glassdome_lab.training.triage_fitting import cross_validated, train_triage
from glassdome_lab.training.triage_mails import LabelledAction, raw_of, read_triage_mails
from glassdome_lab.training.triage_sources import service_mails

MAILS = """\
id: a
lang: en
from: Nora Falk <n.falk@falk-print.example>
kind: person
auth: pass
history: known
date: 2026-03-10 09:00
subject: Proof
attention: answer
categories: work|order
draft: yes
action: send the proof | Please send me the signed proof by 20 March. | 2026-03-20
body:
Hello Jana,

Please send me the signed proof by 20 March.

Nora
=====
id: b
lang: en
from: Lakeside Bank <no-reply@lakesidebank.example>
kind: service
auth: mailer
date: 2026-03-10 09:00
subject: Statement ready
attention: skim
categories: finance
body:
Your statement is ready.
=====
id: c
lang: en
from: Plank Weekly <news@plank.example>
kind: bulk
auth: pass
date: 2026-03-10 09:00
subject: Five joints
attention: skim
categories: newsletter
attach: plan.pdf
cc: yes
body:
In this issue: glue put to the test.
"""


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    """Three mails in a file."""
    path = tmp_path / "mails.txt"
    path.write_text(MAILS, "utf-8")
    return path


def test_labelled_mails_become_raw_ones(labelled: Path, tmp_path: Path) -> None:
    """Fields of kind and authentication stand in the header; a block without a body is refused."""
    person, service, bulk = read_triage_mails(labelled)

    assert [
        LabelledAction("send the proof", "Please send me the signed proof by 20 March.", "2026-03-20")
    ] == person.actions
    assert b"dmarc=pass" in raw_of(person)
    assert person.known
    assert b"Auto-Submitted" in raw_of(service)
    assert b"dmarc=fail" in raw_of(service)
    assert b"List-Unsubscribe" in raw_of(bulk)
    assert b"plan.pdf" in raw_of(bulk)
    assert b"Cc: Jana" in raw_of(bulk)
    (tmp_path / "bad.txt").write_text("id: a\n", "utf-8")
    with pytest.raises(InputError, match="without a body"):
        read_triage_mails(tmp_path / "bad.txt")


def test_scores(labelled: Path) -> None:
    """The three plain mails are met as labelled, and the item has its day."""
    told = measure_triage([triage_row(mail) for mail in read_triage_mails(labelled)])

    assert (1.0, 1.0, 1.0) == (told["exact"], told["category"], told["f1"])
    assert (1.0, 0, 1.0) == (told["due"], told["drafts_to_machines"], told["languages"]["en"]["exact"])


def test_each_quote_pairs_once() -> None:
    """Two items of one sentence take two quotes of it."""
    actions = [
        LabelledAction("sign", "Sign it and send it back.", ""),
        LabelledAction("send", "Sign it and send it back.", ""),
    ]

    assert [(0, 1), (1, 0)] == sorted(matched(actions, ["send it back", "Sign it"])) or [(0, 0), (1, 1)] == matched(
        actions, ["send it back", "Sign it"]
    )
    assert [] == matched(actions, ["Lunch at noon?"])


def test_written_mails_are_marked() -> None:
    """They are read in seven languages, and never scored."""
    written = read_written()
    samples = samples_of(written[:3], source="written", written=True)

    assert {"de", "en", "es", "fr", "it", "nl", "pt"} == {mail.language for mail in written}
    assert all(sample.written for sample in samples)
    assert {"category": 0.0, "exact": 0.0, "within_one": 0.0} == cross_validated(samples)


def test_training_learns(labelled: Path, tmp_path: Path) -> None:
    """Models fitted on a few mails know them; figures come from mails that they did not see."""
    mails = read_triage_mails(labelled)
    samples = samples_of(mails, source="test") * 3
    model = train_triage(samples, tmp_path / "triage.npz")
    chances = model.chances(samples[0].seen).attention

    assert "answer" == max(chances, key=chances.__getitem__)
    assert {"category", "exact", "within_one"} == set(cross_validated(samples))


def test_tasks_are_learned_from_mails_and_acts(labelled: Path, tmp_path: Path) -> None:
    """A sentence that a label quotes is a task; so is a request of the list of acts."""
    acts = tmp_path / "en.txt"
    acts.write_text(
        "## request\nCould you send me the lease?\nAny news?\n## ack\nPerfect, thanks!\nSounds good.\n", "utf-8"
    )
    samples = [*task_samples(read_triage_mails(labelled)), *act_samples(acts)] * 3
    model = train_tasks(samples, tmp_path / "tasks.npz")
    wanted = next(sample for sample in samples if sample.task)

    assert 3 == sum(sample.task and not sample.act for sample in samples)
    assert model.log_odds([wanted.words], [wanted.facts], wanted.scene)[0] > 0
    assert {"precision", "recall", "f1"} == set(cross_validated_tasks(samples)[0.0])


LABELS = "file,project,licence,key,language,category,category_also\n"


@pytest.fixture
def service_mail(labelled: Path, tmp_path: Path) -> tuple[Path, Path]:
    """An archive of four service mails of two projects, and their labels."""
    raw = raw_of(read_triage_mails(labelled)[1])
    with ZipFile(tmp_path / "service.zip", "w") as archive:
        for number in range(4):
            archive.writestr(f"mails/{number}.eml", raw)
    rows = ("0.eml,free,MIT,k,en-GB", "1.eml,free,MIT,k,en", "2.eml,free,MIT,k,af", "3.eml,kept,BUSL-1.1,k,en")
    (tmp_path / "labels.csv").write_text(LABELS + "".join(f"{row},finance,\n" for row in rows), "utf-8")
    return tmp_path / "service.zip", tmp_path / "labels.csv"


def test_service_mail_is_of_free_licence_and_once_of_a_template(service_mail: tuple[Path, Path]) -> None:
    """A licence that is not free, a second mail of a template and an unknown language are left out; it needs labels."""
    sources = triage_sources(*service_mail)

    assert ["service:free"] == [mail.group for mail in sources.service]
    assert (1160, True, True) == (len(sources.labelled), bool(sources.modern), bool(sources.acts))
    with pytest.raises(InputError, match="labels"):
        triage_sources(service_mail[0])


def test_both_models_are_trained_alike_each_time(
    labelled: Path, service_mail: tuple[Path, Path], tmp_path: Path
) -> None:
    """Two trainings on the same mails write the same bytes, and cards that do not hide the measured set."""
    mails = [replace(mail, id=f"{mail.id}{n}") for n in range(5) for mail in read_triage_mails(labelled)]
    sources = TriageSources(labelled=mails, service=service_mails(*service_mail))
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        train_models(sources, tmp_path / name)
    one, two = ({path.name: path.read_bytes() for path in (tmp_path / name).iterdir()} for name in ("one", "two"))

    assert one == two
    assert {"tasks.npz", "tasks.md", "triage.npz", "triage.md"} == set(one)
    assert all(b"89.7 %" in one[card] for card in ("tasks.md", "triage.md"))
    assert b"| service mail of open-source programs | 1, a fifth" in one["triage.md"]
