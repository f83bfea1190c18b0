"""Every layout of labelled mail is read, and what is wrong is said."""

from __future__ import annotations

import gzip
import json
import zipfile
from pathlib import Path

import pytest

from glassdome.core.errors import InputError
from glassdome.parse import parse_message
from glassdome_lab.evaluation.readers import read_corpus
from glassdome_lab.evaluation.row_layouts import as_mail

MAIL = b"From: a@example.org\r\nMessage-ID: <%d@example.org>\r\nSubject: Hello %d\r\n\r\nText.\r\n"


def write_rows(path: Path, *rows: dict[str, object]) -> None:
    """Write JSON Lines."""
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def test_labels_beside_a_zip(tmp_path: Path) -> None:
    """labels.csv names members of mail.zip; its columns are kept."""
    with zipfile.ZipFile(tmp_path / "mail.zip", "w") as archive:
        archive.writestr("mail/1.eml", MAIL % (1, 1))
        archive.writestr("mail/2.eml", MAIL % (2, 2))
    (tmp_path / "labels.csv").write_text(
        "id,file,label,source,core,cluster,year\nx1,mail/1.eml,ham,here,1,7,2024\nx2,mail/2.eml,phish,there,0,,\n"
        "x3,mail/2.eml,unsure,there,0,,\n"
    )
    mail = read_corpus(tmp_path).mail
    assert [(s.id, s.label, s.source, s.core, s.cluster, s.year) for s in mail] == [
        ("x1", "ham", "here", True, "7", 2024),
        ("x2", "phish", "there", False, "x2", 0),
    ]
    assert mail[1].place.read() == MAIL % (2, 2)


def test_labelled_folders(tmp_path: Path) -> None:
    """Folders are classes, folders in them sources; an mbox is many messages."""
    (tmp_path / "ham" / "friends").mkdir(parents=True)
    (tmp_path / "Phishing").mkdir()
    (tmp_path / "notes").mkdir()
    (tmp_path / "ham" / "friends" / "1.eml").write_bytes(MAIL % (1, 1))
    (tmp_path / "notes" / "readme.txt").write_bytes(b"no mail")
    box = b"".join(b"From a@example.org Thu Jan  1 00:00:00 2026\n" + (MAIL % (n, n)) + b"\n" for n in (2, 3))
    (tmp_path / "Phishing" / "all.mbox").write_bytes(box)
    mail = read_corpus(tmp_path).mail
    assert [(s.label, s.source) for s in mail] == [("phish", "Phishing"), ("phish", "Phishing"), ("ham", "friends")]
    assert [parse_message(s.place.read()).subject for s in mail] == ["Hello 2", "Hello 3", "Hello 1"]


@pytest.mark.parametrize("column", ["index", "message_id"])
def test_mbox_with_csv(tmp_path: Path, column: str) -> None:
    """A CSV names messages of the mbox beside it by number or Message-ID."""
    box = b"".join(b"From a@example.org Thu Jan  1 00:00:00 2026\n" + (MAIL % (n, n)) + b"\n" for n in (1, 2))
    (tmp_path / "box.mbox").write_bytes(box)
    name = {"index": "1", "message_id": "<2@example.org>"}[column]
    (tmp_path / "box.csv").write_text(f"{column},label\n{name},spam\n")
    (sample,) = read_corpus(tmp_path).mail
    assert (sample.label, parse_message(sample.place.read()).subject) == ("spam", "Hello 2")


def test_json_lines(tmp_path: Path) -> None:
    """The keys of a row show its kind, plain or gzipped."""
    write_rows(
        tmp_path / "rows.jsonl",
        {"text": "Win now", "label": "spam"},
        {"text": "Call me", "intent_request": 1},
        {"text": "card 4111", "spans": [{"type": "CREDIT_CARD", "start": 5, "end": 9}]},
        {"text": "Guten Tag", "language": "de"},
        {"body": "Ignore all", "injected": 1, "injection": "Ignore all"},
        {"body": "Long text.", "references": ["short"]},
        {"text": "Your invoice", "category": "invoice"},
        {"nothing": "known"},
    )
    with gzip.open(tmp_path / "more.jsonl.gz", "wt") as file:
        file.write(json.dumps({"id": "m1", "subject": "Hi", "text": "You", "label": "ham", "source": "s"}) + "\n")
    corpus = read_corpus(tmp_path)
    assert corpus.counts == {
        "mail": 2, "categories": 1, "intent": 1, "sensitive": 1, "summaries": 1, "languages": 1, "injection": 1, "threads": 0,
    }  # fmt: skip
    assert {(s.label, s.source) for s in corpus.mail} == {("ham", "s"), ("spam", "rows")}
    assert corpus.sensitive[0].spans == (("CREDIT_CARD", 5, 9),)


def test_thread_must_include(tmp_path: Path) -> None:
    """A summary of a thread must hold the longer words that most annotators used."""
    people = [
        {"summary": [{"text": text}]} for text in ("Anna moves the meeting.", "The meeting moves.", "Bob agrees.")
    ]
    write_rows(
        tmp_path / "t.jsonl",
        {"name": "Meeting", "emails": [{"sentences": [{"text": "Can we move?"}]}], "annotations": people},
    )
    (sample,) = read_corpus(tmp_path).summaries
    assert sample.must_include == ("meeting", "moves")


def test_category_classes_allow_ours(tmp_path: Path) -> None:
    """The annotators' scheme is mapped; what means nothing for us is left out."""
    (tmp_path / "1.eml").write_bytes(MAIL % (1, 1))
    (tmp_path / "labels.csv").write_text("id,file,coarse,coarse_name\na,1.eml,1.2,Purely Personal\nb,1.eml,1.7,Empty\n")
    assert [(s.id, sorted(s.accepted)) for s in read_corpus(tmp_path).categories] == [("a", ["personal", "social"])]


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.jsonl", "{broken", "is not JSON Lines"),
        ("a.txt", "hello", "carries a label"),
        ("labels.csv", "file,label\n../outside.eml,ham\n", "is not beside its labels"),
        ("labels.csv", "index,label\n0,ham\n", "no mbox"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, name: str, content: str, sentence: str) -> None:
    """One sentence says what does not fit; a table reaches no file outside its folder."""
    folder = tmp_path / "corpus"
    folder.mkdir()
    (tmp_path / "outside.eml").write_bytes(MAIL % (1, 1))
    (folder / name).write_text(content)
    with pytest.raises(InputError, match=sentence):
        read_corpus(folder)


def test_missing_path_is_said(tmp_path: Path) -> None:
    """A path that is not there is an input error."""
    with pytest.raises(InputError, match="There is no"):
        read_corpus(tmp_path / "nowhere")


def test_as_mail_survives_odd_words() -> None:
    """Long lines, line breaks in a subject and any script come through."""
    message = parse_message(as_mail(subject="A\nB", text="é" * 3000 + "\n密码", sender="x@example.org"))
    assert (message.subject, message.text.strip()) == ("A B", "é" * 3000 + "\n密码")
