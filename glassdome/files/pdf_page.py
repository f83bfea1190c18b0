"""One PDF page by pdfium: its words in layout order, which of them a reader does not see, and its drawing."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pypdfium2.raw as pdfium
from PIL import Image

from glassdome.core.limits import MAX_PAGE_PIXELS, MAX_PDF_PAGE_CHARS, MAX_PDF_PAGE_OBJECTS
from glassdome.files.pdf_layout import Glyph, Run, lines_of, runs_of, turn_of

__all__ = ["PdfPage"]

#: Marks of glyphs: plain text, text that might not show (white, invisible, nearly transparent), text too small to see.
_PLAIN, _DOUBTFUL, _TINY = 0, 1, 2
#: Text lower than this many points is not read by anybody.
_TINY_POINTS = 1.6
#: Grey value from which a colour counts as white, and difference of grey values below which text does not show.
_WHITE = 232
_CONTRAST = 16
#: Opacity (of 255) below which text counts as transparent.
_FAINT = 40
#: Resolution of drawings: 2 is 144 dots per inch, at which a code's smallest module has two pixels.
_SCALE = 2.0
#: Drawn paths from which a page may hold a code that is no picture, and corners of one path.
_CODE_PATHS = 80
_CODE_SEGMENTS = 150
#: White pixels left around pictures, which a code needs.
_QUIET = 12
#: Sides of a page in points beyond which it is not read; the format's own bound is 14,400 (ISO 32000-1, annex C).
_VAST_POINTS = 10_000_000
#: Share of a page that a picture covers in a scan.
_SCAN_SHARE = 0.4


@dataclass(slots=True)
class _Objects:
    """Counts of pictures and paths on a page."""

    images: int = 0
    paths: int = 0
    looked_at: int = 0
    has_drawn_code: bool = False
    image_area: float = 0.0
    #: Boxes of pictures that stand directly on the page, in points.
    boxes: list[tuple[float, float, float, float]] = field(default_factory=list)
    grouped: int = 0

    @property
    def only_pictures(self) -> bool:
        """True where codes can only stand in pictures whose place is known."""
        return bool(self.boxes) and not self.grouped and not self.has_drawn_code and self.paths < _CODE_PATHS

    @property
    def may_hold_code(self) -> bool:
        """True where a code may stand on the page: as a picture, or drawn in many pieces."""
        return self.images > 0 or self.has_drawn_code or self.paths >= _CODE_PATHS


@dataclass
class PdfPage:
    """A loaded page; everything is read when first asked for."""

    helper: Any  # pypdfium2's PdfPage
    #: Characters looked at, at most.
    room: int = MAX_PDF_PAGE_CHARS
    #: Whether characters were left out.
    is_cut: bool = field(default=False, init=False)

    @cached_property
    def runs(self) -> list[Run]:
        """All runs of characters, as the file has them."""
        text_page = self.helper.get_textpage()
        try:
            count = max(0, text_page.count_chars())
            self.is_cut = count > min(self.room, MAX_PDF_PAGE_CHARS)
            return list(runs_of(_glyphs(text_page.raw, min(count, self.room, MAX_PDF_PAGE_CHARS))))
        finally:
            text_page.close()

    @cached_property
    def drawing(self) -> Image.Image | None:
        """The page drawn in grey, within the bound on pixels; None for a page without extent."""
        width, height = self.helper.get_size()
        if not (0.5 < width < 1e6 and 0.5 < height < 1e6):
            return None
        scale = min(_SCALE, math.sqrt(MAX_PAGE_PIXELS / (width * height)), MAX_PAGE_PIXELS / max(width, height))
        bitmap = self.helper.render(scale=scale, grayscale=True)
        try:
            drawn: Image.Image = bitmap.to_pil().copy()
            return drawn
        finally:
            bitmap.close()

    @cached_property
    def objects(self) -> _Objects:
        """Pictures and paths on the page, in groups too."""
        found = _Objects()
        page = self.helper.raw
        for index in range(min(pdfium.FPDFPage_CountObjects(page), MAX_PDF_PAGE_OBJECTS)):
            _count(pdfium.FPDFPage_GetObject(page, index), found, depth=0)
        return found

    @property
    def code_area(self) -> Image.Image | None:
        """The part of the drawing in which codes may stand: what pictures cover, or all of it."""
        drawing, objects = self.drawing, self.objects
        if drawing is None or not objects.may_hold_code:
            return None
        if not objects.only_pictures:
            return drawing
        lefts, bottoms, rights, tops = zip(*objects.boxes, strict=True)
        box = self._pixels((min(lefts), min(bottoms), max(rights), max(tops)), drawing, margin=_QUIET)
        return drawing.crop(box) if box else None

    @property
    def is_drawn(self) -> bool:
        """True once the page was drawn, which costs more than all else."""
        return "drawing" in self.__dict__

    @property
    def is_vast(self) -> bool:
        """True for a page so wide or high that pdfium's own maps of it, a bit per point, take a child's memory."""
        return float(max(self.helper.get_size())) > _VAST_POINTS

    @property
    def is_scan(self) -> bool:
        """True for a page that a picture covers."""
        width, height = self.helper.get_size()
        return self.objects.image_area > _SCAN_SHARE * max(float(width) * float(height), 1.0)

    def words(self, *, may_draw: bool) -> tuple[str, str]:
        """Return the words that are seen and those that are not."""
        seen: list[Run] = []
        unseen: list[Run] = []
        for run in self.runs:
            (seen if self._is_seen(run, may_draw=may_draw) else unseen).append(run)
        return lines_of(seen), lines_of(unseen)

    def words_in(self, left: float, bottom: float, right: float, top: float) -> str:
        """Return the words whose middle lies in a rectangle, as under a link."""
        text_page = self.helper.get_textpage()
        try:
            return " ".join(str(text_page.get_text_bounded(left, bottom, right, top)).split())
        finally:
            text_page.close()

    def _is_seen(self, run: Run, *, may_draw: bool) -> bool:
        if run.mark == _TINY or not self._is_on_page(run):
            return not run.text.strip()
        if run.mark == _PLAIN or not may_draw or self.drawing is None:
            return run.mark == _PLAIN
        return self._shows(run, self.drawing)

    def _is_on_page(self, run: Run) -> bool:
        left, bottom, right, top = self._extent
        return run.right > left and run.left < right and run.top > bottom and run.bottom < top

    @cached_property
    def _extent(self) -> tuple[float, float, float, float]:
        box: tuple[float, float, float, float] = self.helper.get_bbox()
        return box

    def _shows(self, run: Run, drawing: Image.Image) -> bool:
        """Return whether the drawing has any contrast where the run stands."""
        box = self._pixels((run.left, run.bottom, run.right, run.top), drawing, margin=0)
        if box is None:
            return False
        low, high = drawing.crop(box).getextrema()
        return int(high) - int(low) >= _CONTRAST  # type: ignore[arg-type]

    def _pixels(
        self, box: tuple[float, float, float, float], drawing: Image.Image, margin: int
    ) -> tuple[int, int, int, int] | None:
        """Return the pixels of a box in points; None where it stands outside of the drawing."""
        x0, y0 = self._pixel(box[0], box[1], drawing)
        x1, y1 = self._pixel(box[2], box[3], drawing)
        left, right = sorted((x0, x1))
        top, bottom = sorted((y0, y1))
        left, top = max(0, left - margin), max(0, top - margin)
        right, bottom = min(drawing.width, right + 1 + margin), min(drawing.height, bottom + 1 + margin)
        return (left, top, right, bottom) if left < right and top < bottom else None

    def _pixel(self, x: float, y: float, drawing: Image.Image) -> tuple[int, int]:
        column, row = ctypes.c_int(), ctypes.c_int()
        pdfium.FPDF_PageToDevice(
            self.helper.raw, 0, 0, drawing.width, drawing.height, 0, x, y, ctypes.byref(column), ctypes.byref(row)
        )
        return column.value, row.value


def _glyphs(text_page: Any, count: int) -> Iterator[Glyph]:
    """Yield the characters with their boxes; a blank that pdfium adds between words counts as one."""
    box = pdfium.FS_RECTF()
    box_at = ctypes.byref(box)
    styles: dict[int, tuple[int, int]] = {}
    for index in range(count):
        code = pdfium.FPDFText_GetUnicode(text_page, index)
        if code < 32 or 0xD800 <= code < 0xDC00:
            continue
        if 0xDC00 <= code < 0xE000:
            code = _astral(pdfium.FPDFText_GetUnicode(text_page, index - 1) if index else 0, code)
        if not pdfium.FPDFText_GetLooseCharBox(text_page, index, box_at):
            continue
        owner = pdfium.FPDFText_GetTextObject(text_page, index)
        key = ctypes.addressof(owner.contents) if owner else 0
        turn, mark = styles.get(key) or styles.setdefault(key, _style(text_page, index, owner))
        height = abs(box.top - box.bottom) if turn % 180 == 0 else abs(box.right - box.left)
        if code != 32 and min(height, pdfium.FPDFText_GetFontSize(text_page, index) * 99) < _TINY_POINTS:
            mark = _TINY
        yield Glyph(chr(code), box.left, box.bottom, box.right, box.top, turn, mark)


def _astral(high: int, low: int) -> int:
    """Join two halves of a character beyond the first 65,536."""
    return 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00) if 0xD800 <= high < 0xDC00 else 0xFFFD


def _style(text_page: Any, index: int, owner: Any) -> tuple[int, int]:
    """Return the turn of a text object and whether its paint leaves in doubt that it shows."""
    angle = pdfium.FPDFText_GetCharAngle(text_page, index)
    turn = turn_of(angle) if math.isfinite(angle) and angle >= 0 else 0
    if not owner:
        return turn, _PLAIN
    if pdfium.FPDFTextObj_GetTextRenderMode(owner) == pdfium.FPDF_TEXTRENDERMODE_INVISIBLE:
        return turn, _DOUBTFUL
    red, green, blue, alpha = (ctypes.c_uint(0) for _ in range(4))
    if not pdfium.FPDFPageObj_GetFillColor(owner, *map(ctypes.byref, (red, green, blue, alpha))):
        return turn, _PLAIN
    is_faint = alpha.value < _FAINT or min(red.value, green.value, blue.value) >= _WHITE
    return turn, _DOUBTFUL if is_faint else _PLAIN


def _count(item: Any, found: _Objects, depth: int) -> None:
    found.looked_at += 1
    if not item or found.looked_at > MAX_PDF_PAGE_OBJECTS:
        return
    kind = pdfium.FPDFPageObj_GetType(item)
    if kind == pdfium.FPDF_PAGEOBJ_IMAGE:
        found.images += 1
        _take_box(item, found, depth)
    elif kind == pdfium.FPDF_PAGEOBJ_PATH:
        found.paths += 1
        found.has_drawn_code = found.has_drawn_code or pdfium.FPDFPath_CountSegments(item) >= _CODE_SEGMENTS
    elif kind == pdfium.FPDF_PAGEOBJ_FORM and depth < 4:
        for index in range(min(pdfium.FPDFFormObj_CountObjects(item), MAX_PDF_PAGE_OBJECTS)):
            _count(pdfium.FPDFFormObj_GetObject(item, index), found, depth + 1)


def _take_box(item: Any, found: _Objects, depth: int) -> None:
    sides = [ctypes.c_float() for _ in range(4)]
    if depth or not pdfium.FPDFPageObj_GetBounds(item, *map(ctypes.byref, sides)):
        # Inside a group it is placed by that group's own axes.
        found.grouped += 1
        return
    left, bottom, right, top = (side.value for side in sides)
    found.boxes.append((left, bottom, right, top))
    found.image_area += max(0.0, (right - left) * (top - bottom))
