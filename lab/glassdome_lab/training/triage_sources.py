"""The other mail that the models of category and attention learn from: modern mail of the tests, and service mail where given."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from zipfile import ZipFile

from glassdome.engine.builtin.chosen import Tasks
from glassdome.pipeline.context import for_file
from glassdome.values.context import Context
from glassdome_lab.training.triage_data import TriageSample, triage_sample
from glassdome_lab.training.triage_mails import OWNER

__all__ = ["LabelledRaw", "modern_mails", "service_mails"]

_DAY: Final = datetime(2026, 3, 1, tzinfo=UTC)
_LANGUAGES: Final = frozenset(("de", "en", "es", "fr", "it", "nl", "pt"))
#: How the names of free licences begin; templates under any other are not learned from.
_FREE: Final = ("AGPL-", "GPL-", "LGPL-", "MPL-", "MIT", "BSD-", "Apache-")
#: A mail made of a template counts a fifth of one that a person wrote.
_OF_TEMPLATE: Final = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledRaw:
    """A raw mail with its labels; `attention` is empty where it is not labelled, `group` keeps what belongs together."""

    raw: bytes
    context: Context
    categories: list[str]
    attention: str = ""
    language: str
    group: str
    weight: float = 1.0

    def sample(self, tasks: Tasks) -> TriageSample | None:
        """Return the mail as the models see it, to learn from and never to score; None where no model is asked about it."""
        return triage_sample(
            self.raw, self.context, categories=self.categories, attention=self.attention, language=self.language,
            group=self.group, weight=self.weight, written=True, tasks=tasks,
        )  # fmt: skip


def modern_mails(folder: Path) -> list[LabelledRaw]:
    """Return the legitimate mails of a folder with `labels.csv`."""
    context = replace(for_file(now=_DAY, ours=frozenset({"example.org"})), mailbox=OWNER)
    return [
        LabelledRaw(
            raw=(folder / row["file"]).read_bytes(), context=context, categories=row["categories"].split("|"),
            attention=row["attention"], language=row["language"], group=f"modern:{row['theme']}",
        )
        for row in _rows(folder / "labels.csv")
        if row["label"] == "ham"
    ]  # fmt: skip


def service_mails(archive: Path, labels: Path) -> list[LabelledRaw]:
    """Return one mail of each template and language in an archive: of free licence, in a language that is learned."""
    with ZipFile(archive) as files:
        names = {name.rpartition("/")[2]: name for name in files.namelist()}
        return [
            LabelledRaw(
                raw=files.read(names[row["file"]]), context=for_file(now=_DAY), language=_language(row), weight=_OF_TEMPLATE,
                categories=[row["category"], *filter(None, row["category_also"].split("|"))], group=f"service:{row['project']}",
            )
            for row in _templates(labels)
        ]  # fmt: skip


def _templates(labels: Path) -> Iterator[Mapping[str, str]]:
    seen: Counter[tuple[str, str, str]] = Counter()
    for row in _rows(labels):
        if row["licence"].startswith(_FREE) and _language(row) in _LANGUAGES:
            template = (row["project"], row["key"], _language(row))
            seen[template] += 1
            if seen[template] == 1:
                yield row


def _language(row: Mapping[str, str]) -> str:
    return row["language"].replace("_", "-").partition("-")[0]


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
