"""Pictures: QR and bar codes on every frame, words where they are wanted, bounded before anything is decoded."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator

from PIL import Image, ImageOps

from glassdome.core.limits import MAX_FRAMES_PIXELS, MAX_IMAGE_FRAMES, MAX_IMAGE_PIXELS
from glassdome.files.codes import codes_in, facts_in, links_in, on_white, take_codes
from glassdome.files.picture_words import take_words
from glassdome.files.source import Source
from glassdome.parse.url import find_urls
from glassdome.values.document import Code, Document, FileLink, Passage

__all__ = ["read"]

#: Formats that stand in mail; Pillow's others (EPS, FITS, Photoshop ...) are no pictures that a mail program shows.
_FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF", "ICO", "AVIF", "JPEG2000", "MPO", "PPM")
#: Formats whose frames are pages, not moments.
_PAGED = frozenset({"TIFF"})
_NO_DECODER = frozenset({"image/heic"})


def read(source: Source) -> Document:
    """Read a picture; one of a kind without a decoder, or too large to decode, says so."""
    if source.kind in _NO_DECODER:
        return Document(kind=source.kind, read="unsupported", problem="no decoder for HEIC")
    with warnings.catch_warnings():
        # Pillow warns of large pictures and odd metadata; the bounds here are our own.
        warnings.simplefilter("ignore")
        try:
            with Image.open(io.BytesIO(source.data), formats=_FORMATS) as picture:
                return _read(picture, source)
        except Image.DecompressionBombError:
            return Document(kind=source.kind, read="too_large", problem="bounds")


def _read(picture: Image.Image, source: Source) -> Document:
    frames = getattr(picture, "n_frames", 1)
    if picture.width * picture.height > MAX_IMAGE_PIXELS:
        return Document(kind=source.kind, read="too_large", problem="bounds", pages=_pages(picture, frames))
    codes: list[Code] = []
    passages: list[Passage] = []
    read, problem = 0, ""
    for where, frame in _frames(picture, frames):
        shown = on_white(frame)
        if source.ocr and _may_speak(picture, read, frames):
            words, trouble = take_words(shown, source.budget)
            passages += [Passage(text=source.budget.take_text(words), where=where)] if words else []
            problem = problem or trouble
        codes += take_codes((code for code in codes_in(shown, where) if not _is_known(code, codes)), source.budget)
        read += 1
    return Document(
        kind=source.kind,
        read="yes" if read else "damaged",
        problem=problem or ("" if read >= frames else "bounds"),
        pages=_pages(picture, frames),
        passages=tuple(passages),
        codes=tuple(codes),
        links=(*links_in(codes), *_addresses(passages)),
        facts=tuple(facts_in(codes)),
    )


def _may_speak(picture: Image.Image, number: int, frames: int) -> bool:
    """Return whether the words of a frame are read: of an animation those of its first and its last picture."""
    return picture.format in _PAGED or number in (0, min(frames, MAX_IMAGE_FRAMES) - 1)


def _addresses(passages: list[Passage]) -> Iterator[FileLink]:
    for passage in passages:
        for url in find_urls(passage.text):
            yield FileLink(url=url, shown=url, where=passage.where)


def _pages(picture: Image.Image, frames: int) -> int:
    return frames if picture.format in _PAGED else 0


def _is_known(code: Code, codes: list[Code]) -> bool:
    """Return whether an earlier frame showed the same code: an animation shows it again and again."""
    return any(known.kind == code.kind and known.text == code.text for known in codes)


def _frames(picture: Image.Image, frames: int) -> Iterator[tuple[str, Image.Image]]:
    """Yield the frames within the bounds, turned as their camera says, each with its place."""
    name, left = "page" if picture.format in _PAGED else "frame", MAX_FRAMES_PIXELS
    for number in range(min(frames, MAX_IMAGE_FRAMES)):
        if number:
            picture.seek(number)
        left -= picture.width * picture.height
        if left < 0 or picture.width * picture.height > MAX_IMAGE_PIXELS:
            return
        if picture.format == "JPEG":
            picture.draft("L", _draft_size(picture))
        yield (f"{name} {number + 1}" if frames > 1 else ""), ImageOps.exif_transpose(picture)


def _draft_size(picture: Image.Image) -> tuple[int, int]:
    """Return the size to which a JPEG is made smaller while it is decoded: codes are searched in no more than that."""
    longest = max(picture.size)
    share = min(1.0, 2_000 / longest)
    return max(1, int(picture.width * share)), max(1, int(picture.height * share))
