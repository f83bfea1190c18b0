"""Finds labelled samples under a path, whatever the layout: CSV with mail, labelled folders, mbox, JSON Lines."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from functools import reduce
from operator import add
from pathlib import Path

from glassdome.core.errors import InputError
from glassdome_lab.evaluation.labels import label_named
from glassdome_lab.evaluation.mail_layouts import categories_from_csv, mail_from_csv, mail_in_folder
from glassdome_lab.evaluation.row_layouts import corpus_from_rows
from glassdome_lab.evaluation.samples import Corpus, ThreadSample

__all__ = ["read_corpus"]

#: The labels of conversations, and the owner whose they are.
_THREADS = ("labels.json", "owner.json")
_ROWS = (".jsonl", ".jsonl.gz", ".ndjson", ".ndjson.gz")


def read_corpus(path: Path) -> Corpus:
    """Return all labelled samples under `path`; raises InputError where there is nothing that is labelled."""
    if not path.exists():
        raise InputError(f"There is no file or folder {str(path)!r}.")
    corpus = reduce(add, _parts(path), Corpus())
    if not any(corpus.counts.values()):
        raise InputError(
            f"Nothing under {str(path)!r} carries a label.",
            fix="Give folders named ham, spam and phish, a labels.csv with the mail, or JSON Lines with text and label.",
        )
    return corpus


def _parts(path: Path) -> Iterator[Corpus]:
    if path.is_file():
        yield _from_file(path)
        return
    if all((path / name).is_file() for name in _THREADS):
        yield Corpus(threads=tuple(_threads(path)))
        return
    for file in sorted(p for p in path.iterdir() if p.is_file()):
        yield _from_file(file)
    for folder in sorted(p for p in path.iterdir() if p.is_dir()):
        label = label_named(folder.name)
        yield Corpus(mail=tuple(mail_in_folder(folder, label))) if label else reduce(add, _parts(folder), Corpus())


def _threads(folder: Path) -> Iterator[ThreadSample]:
    """Yield the conversations of a folder that labels them; raises InputError for a label without mails."""
    labels, owner = (json.loads((folder / name).read_text("utf-8")) for name in _THREADS)
    for label in labels:
        place = folder / label["thread"]
        if not place.is_dir():
            raise InputError(f"{folder / _THREADS[0]} names a thread {label['thread']!r} that is not there.")
        yield ThreadSample(folder=place, label=label, owner=owner)


def _from_file(path: Path) -> Corpus:
    if path.name.lower().endswith(_ROWS):
        return corpus_from_rows(path)
    if path.suffix.lower() != ".csv":
        return Corpus()
    with path.open(encoding="utf-8", newline="", errors="replace") as file:
        columns = frozenset(next(csv.reader(file), ()))
    if {"file", "coarse"} <= columns or {"file", "category"} <= columns:
        return Corpus(categories=tuple(categories_from_csv(path)))
    if "label" in columns and columns & {"file", "path", "message_id", "index"}:
        return Corpus(mail=tuple(mail_from_csv(path)))
    return Corpus()
