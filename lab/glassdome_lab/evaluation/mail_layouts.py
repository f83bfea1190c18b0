"""Labelled mail: a CSV with a zip, a folder or an mbox, and folders named after their class."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path

from glassdome.core.errors import InputError
from glassdome_lab.evaluation.archives import member_names
from glassdome_lab.evaluation.category_names import accepted_categories
from glassdome_lab.evaluation.labels import label_named
from glassdome_lab.evaluation.samples import CategorySample, MailPlace, MailSample

__all__ = ["categories_from_csv", "mail_from_csv", "mail_in_folder"]

_MBOX = (".mbox", ".mbx", ".mboxrd")


def mail_from_csv(path: Path) -> Iterator[MailSample]:
    """Yield the mails a CSV names; its columns are label and one of file, path, message_id or index (from 0).

    Optional columns: id, source, cluster, core (0 or 1), year, theme, language, brand (`verified`: its own mail, vouched for). Rows with no known label are left out; raises
    InputError where a named message is not there.
    """
    find = _Finder(path)
    for number, row in enumerate(_rows(path)):
        label = label_named(row.get("label", ""))
        if not label:
            continue
        ident = row.get("id") or row.get("file") or row.get("path") or str(number)
        yield MailSample(
            id=ident,
            place=find(row),
            label=label,
            source=row.get("source") or path.stem,
            cluster=row.get("cluster") or row.get("body_hash") or ident,
            core=row.get("core", "1") != "0",
            year=int(row["year"]) if row.get("year", "").isdigit() else 0,
            theme=row.get("theme", ""),
            language=row.get("language", "").partition("-")[0],
            proven=row.get("brand", "") == "verified",
        )


def categories_from_csv(path: Path) -> Iterator[CategorySample]:
    """Yield mails with annotators' classes, those that mean nothing for our categories left out."""
    find = _Finder(path)
    for number, row in enumerate(_rows(path)):
        accepted = accepted_categories(row)
        if accepted:
            name = row.get("coarse_name") or row.get("category", "")
            yield CategorySample(id=row.get("id") or str(number), place=find(row), accepted=accepted, name=name)


def mail_in_folder(folder: Path, label: str) -> Iterator[MailSample]:
    """Yield every message under a folder whose name is its label: files, Maildir, mbox files."""
    for file in sorted(p for p in folder.rglob("*") if p.is_file() and not p.name.startswith(".")):
        places = _in_mbox(file) if file.suffix.lower() in _MBOX else [MailPlace(path=file)]
        for number, place in enumerate(places):
            ident = f"{folder.name}/{file.relative_to(folder)}" + (f"#{number}" if place.size else "")
            source = file.relative_to(folder).parts[0] if file.parent != folder else folder.name
            yield MailSample(id=ident, place=place, label=label, source=source, cluster=ident)


def _rows(path: Path) -> Iterator[Mapping[str, str]]:
    with path.open(encoding="utf-8", newline="", errors="replace") as file:
        yield from csv.DictReader(file)


def _in_mbox(path: Path) -> list[MailPlace]:
    """Find the messages of an mbox (RFC 4155): each begins after a `From ` line that follows an empty one."""
    starts: list[tuple[int, int]] = []
    offset, after_empty = 0, True
    with path.open("rb") as file:
        for line in file:
            if after_empty and line.startswith(b"From "):
                starts.append((offset, offset + len(line)))
            after_empty = not line.strip(b"\r\n")
            offset += len(line)
    ends = [*(start for start, _ in starts[1:]), offset]
    return [
        MailPlace(path=path, offset=begin, size=end - begin)
        for (_, begin), end in zip(starts, ends, strict=True)
        if end > begin
    ]


class _Finder:
    """Finds the message of a CSV row: a file, a member of a zip, or a message of an mbox in the same folder."""

    def __init__(self, table: Path) -> None:
        self._folder = table.parent
        zips = sorted(self._folder.glob("*.zip"))
        self._members = {name: archive for archive in zips for name in member_names(archive)}
        boxes = sorted(p for p in self._folder.iterdir() if p.suffix.lower() in _MBOX)
        same = [box for box in boxes if box.stem == table.stem]
        self._box = (same or boxes)[0] if same or len(boxes) == 1 else None
        self._places: list[MailPlace] | None = None
        self._by_id: dict[str, MailPlace] = {}

    def __call__(self, row: Mapping[str, str]) -> MailPlace:
        name = row.get("file") or row.get("path") or ""
        if name in self._members:
            return MailPlace(path=self._members[name], member=name)
        if name:
            # A table that comes with mail must not reach beyond its own folder.
            path = (self._folder / name).resolve()
            if path.is_relative_to(self._folder.resolve()) and path.is_file():
                return MailPlace(path=path)
            raise InputError(f"The message {name!r} is not beside its labels in {self._folder}.")
        return self._of_mbox(row)

    def _of_mbox(self, row: Mapping[str, str]) -> MailPlace:
        if self._box is None:
            raise InputError(f"There is no mbox beside the labels in {self._folder}.")
        if self._places is None:
            self._places = _in_mbox(self._box)
            self._by_id = {_message_id(place): place for place in self._places}
        index = row.get("index", "")
        place = self._by_id.get(row.get("message_id", "").strip(" <>"))
        if place is None and index.isdigit() and int(index) < len(self._places):
            place = self._places[int(index)]
        if place is None:
            raise InputError(f"{self._box} holds no message {row.get('message_id') or index!r}.")
        return place


def _message_id(place: MailPlace) -> str:
    for line in place.read().splitlines():
        name, _, value = line.partition(b":")
        if not line:
            break
        if name.lower() == b"message-id":
            return value.decode("ascii", "replace").strip(" <>\r\n\t")
    return ""
