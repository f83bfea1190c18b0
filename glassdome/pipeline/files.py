"""The stage between parsing and examining: readers open the attached files, and the message says what they found."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain, islice
from typing import Any, Final, TypeVar

from glassdome.core.limits import (
    MAX_FORMS,
    MAX_LINKS,
    MAX_OCR_FILES,
    MAX_READ_FILES,
    MAX_READ_FILES_BYTES,
    MAX_READ_FILES_SECONDS,
)
from glassdome.files.ocr_gate import NO_OCR, may_hold_words, speaks_in_pictures
from glassdome.files.table import reads
from glassdome.parse import contents
from glassdome.pipeline.documents import completed, forms_of, links_of, with_method, without_repeats
from glassdome.ports.files import FileReader
from glassdome.signals.passwords import possible_passwords
from glassdome.values.document import Document
from glassdome.values.message import Attachment, Message
from glassdome.values.reading import Read

__all__ = ["in_time", "with_files"]

T = TypeVar("T")
#: Bytes of a message from which on its files are taken out in a thread.
_THREAD_BYTES: Final = 128 * 1024


#: What reads on after its caller went.
_late: Final = set[asyncio.Task[Any]]()


@dataclass(slots=True, kw_only=True)
class _Left:
    """The rest of what one mail's files may cost, and the documents so far, by the sum of their bytes."""

    files: int
    size: int
    until: float
    pictures: int
    scans: int = MAX_OCR_FILES
    read: dict[str, Document] = field(default_factory=dict)

    def take(self, size: int) -> str:
        """Count one more file; return why it cannot be read, or an empty string."""
        self.files, self.size = self.files - 1, self.size - size
        if self.files < 0 or self.size < 0:
            return "bounds"
        return "time" if time.monotonic() > self.until else ""

    def take_picture(self, item: Attachment) -> bool:
        """Count one more picture; return whether the words in it may be read."""
        if not may_hold_words(item) or self.pictures <= 0:
            return False
        self.pictures -= 1
        return True

    def take_scan(self, document: Document) -> bool:
        """Count a PDF whose pages are pictures; return whether it is read once more, for the words in them."""
        is_scan = any(inner.problem == NO_OCR and inner.kind == "application/pdf" for _, inner in document.within(""))
        if not is_scan or self.scans <= 0:
            return False
        self.scans -= 1
        return True


async def with_files(message: Message, raw: bytes, reader: FileReader | None) -> Message:
    """Return the message with what `reader` found in its files; the same one where there is nothing to read."""
    wanted = [item for item in message.attachments if item.size and reads(item.true_type, item.filename)]
    if reader is None or not wanted:
        return message
    sums = frozenset(item.sha256 for item in wanted)
    data = await asyncio.to_thread(contents, raw, sums) if len(raw) > _THREAD_BYTES else contents(raw, sums)
    until = time.monotonic() + MAX_READ_FILES_SECONDS
    pictures = MAX_OCR_FILES if speaks_in_pictures(message) else 0
    left = _Left(files=MAX_READ_FILES, size=MAX_READ_FILES_BYTES, until=until, pictures=pictures)
    # The files a person sees as such come first: a mail may have dozens of pictures in its text.
    for item in sorted(wanted, key=lambda item: item.inline):
        if item.sha256 in data:
            await _read(item, data[item.sha256], message, reader, left)
    return _with_documents(message, left.read)


async def in_time(reading: Coroutine[Any, Any, T], now: T, seconds: float | None) -> T:
    """Return the message or the findings as `reading` completes them, as they are `now` where that takes longer; then it goes on for the next caller."""
    if seconds is None:
        return await reading
    task = asyncio.create_task(reading)
    _late.add(task)
    task.add_done_callback(_late.discard)
    done, _ = await asyncio.wait({task}, timeout=seconds)
    return task.result() if done else now


async def _read(item: Attachment, data: bytes, message: Message, reader: FileReader, left: _Left) -> None:
    """Read one file, unless it was: it may be attached twice, or be in a mail that is attached."""
    if item.sha256 in left.read:
        return
    if problem := left.take(len(data)):
        how: Read = "damaged" if problem == "time" else "too_large"
        read = Document(kind=item.true_type, read=how, problem=problem)
    else:
        read = await _opened(item, data, message, reader, left)
    left.read[item.sha256] = read
    for sha256, document in _inner(read):
        left.read.setdefault(sha256, document)


async def _opened(item: Attachment, data: bytes, message: Message, reader: FileReader, left: _Left) -> Document:
    """Read a file as often as it takes: a locked one with the words of the mail that may be its password, a scan with OCR.

    Not all words are tried on all files. That a file was locked stays said: a lock whose key comes along keeps out
    scanners alone.
    """
    ocr = left.take_picture(item)
    passwords: tuple[str, ...] = ()
    ask = partial(reader.read, data, name=item.filename, kind=item.true_type)
    read = await ask(ocr=ocr)
    was_locked = read.encrypted
    if any(inner.read == "encrypted" for _, inner in read.within("")):
        passwords = possible_passwords(f"{message.subject}\n{message.text}")
        read = await ask(passwords=passwords) if passwords else read
    if not ocr and left.take_scan(read):
        read = await ask(passwords=passwords, ocr=True)
    return replace(read, encrypted=read.encrypted or was_locked)


def _inner(document: Document) -> Iterator[tuple[str, Document]]:
    for file in document.files:
        if file.sha256:
            yield file.sha256, file.document
        yield from _inner(file.document)


def _with_documents(message: Message, read: dict[str, Document]) -> Message:
    # Calendar programs often send the same bytes twice, of which one part alone has the parameter.
    methods = {item.sha256: item.method for item in message.attachments if item.method}
    read = {sha256: with_method(document, methods.get(sha256, "")) for sha256, document in read.items()}
    pairs = [(item, read.get(item.sha256)) for item in message.attachments]
    found = [(item, document) for item, document in pairs if document is not None]
    links = chain(message.links, *(links_of(item, document) for item, document in found))
    forms = chain(message.forms, *(forms_of(item, document) for item, document in found))
    attachments = tuple(completed(item, document) if document is not None else item for item, document in pairs)
    return replace(
        message,
        attachments=attachments,
        links=without_repeats(links)[:MAX_LINKS],
        forms=tuple(islice(forms, MAX_FORMS)),
    )
