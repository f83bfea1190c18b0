"""Labelled mail to learn from: the supported folder layouts, and the stored facts of each message."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Final

from glassdome.core.errors import InputError, ParseError
from glassdome.engine.builtin.classifier import CLASSES
from glassdome.engine.builtin.engine import read_text
from glassdome.parse import parse_message
from glassdome.values.message import Message

__all__ = ["Sample", "family_of", "read_samples", "sample_of"]

#: Characters kept of a text; the features read fewer.
_KEPT_CHARS: Final = 8_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One labelled text. `core` marks what headline figures count, `cluster` near-duplicates, `year` the mail's own.

    Made-up mail (`synthetic`) and copies cut short (`cut`) are for training alone.
    """

    label: str
    source: str
    subject: str
    text: str
    cluster: str
    core: bool = True
    year: str = ""
    synthetic: bool = False
    cut: bool = False


def family_of(source: str) -> str:
    """Return the collection a source belongs to: `sa_easy_ham_1` and `sa_easy_ham_2` are held out together."""
    return source.rstrip("0123456789").rstrip("_")


def sample_of(message: Message, label: str, source: str) -> Sample:
    """Return the sample of a parsed message, read as the engine reads it; `label` is ham, spam or phish."""
    if label not in CLASSES:
        raise InputError(f"A label is one of {', '.join(CLASSES)}, not '{label}'.")
    text = read_text(message)[:_KEPT_CHARS]
    cluster = message.content_hash or sha256(text.encode("utf-8", "replace")).hexdigest()
    return Sample(label=label, source=source, subject=message.subject, text=text, cluster=cluster)


def read_samples(corpus: Path, *, progress: Callable[[int], None] | None = None) -> list[Sample]:
    """Read every labelled message below `corpus`; what cannot be parsed is left out.

    Understood are `labels.csv` (columns file, label, and where there are source, cluster, core, year) in the folder of the files
    or of `mail.zip`, and the plain folders `phish/`, `spam/`, `ham/`, where a sub-folder names the source.
    Raises InputError where there is neither.
    """
    found: list[Sample] = []
    for row, raw in _rows(corpus):
        try:
            sample = sample_of(parse_message(raw), row["label"], row.get("source") or row["label"])
        except ParseError:
            continue
        found.append(_described(sample, row))
        if progress is not None:
            progress(len(found))
    if not found:
        raise InputError(f"No labelled mail in {corpus}: expected labels.csv, or folders named phish, spam and ham.")
    return found


def _described(sample: Sample, row: dict[str, str]) -> Sample:
    return replace(
        sample,
        cluster=row.get("cluster") or sample.cluster,
        core=row.get("core", "1") != "0",
        year=row.get("year", ""),
    )


def _rows(corpus: Path) -> Iterator[tuple[dict[str, str], bytes]]:
    table = corpus / "labels.csv"
    if not table.is_file():
        yield from _folders(corpus)
        return
    with table.open(newline="", encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    archive = corpus / "mail.zip"
    if not archive.is_file():
        for row in rows:
            yield row, (corpus / row["file"]).read_bytes()
        return
    with zipfile.ZipFile(archive) as stored:
        for row in rows:
            yield row, stored.read(row["file"])


def _folders(corpus: Path) -> Iterator[tuple[dict[str, str], bytes]]:
    for label in CLASSES:
        for file in sorted(path for path in (corpus / label).rglob("*") if path.is_file()):
            inner = file.relative_to(corpus / label).parts[:-1]
            yield {"label": label, "source": inner[0] if inner else label}, file.read_bytes()
