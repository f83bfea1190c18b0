"""Words in pictures: lines found in a detector's map, read by the models of the extra, within bounds."""

from __future__ import annotations

import io
import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from glassdome.core.limits import MAX_OCR_PIXELS
from glassdome.files import ocr
from glassdome.files.ocr_boxes import boxes_in
from glassdome.files.read import read_file
from glassdome.files.source import Budget, Source
from glassdome.values.document import Document

_FILES = Path(__file__).parents[2] / "data" / "files" / "pdf"
_LINES = ("Nordlicht Druck GmbH", "Please pay 842.50 EUR", "by 12 December 2026", "Call 0551 5550188")


def _picture(turn: float = 0.0, size: int = 28, noise: bool = False) -> Image.Image:
    font = ImageFont.load_default(size=size)
    picture = Image.new("L", (720, 420), 250)
    draw = ImageDraw.Draw(picture)
    for number, line in enumerate(_LINES):
        draw.text((60, 50 + 80 * number), line, font=font, fill=20)
    picture = picture.rotate(turn, resample=Image.Resampling.BICUBIC, fillcolor=250)
    if noise:
        grain = Image.effect_noise(picture.size, 30)
        picture = Image.blend(picture.filter(ImageFilter.GaussianBlur(0.7)), grain, 0.2)
    return picture


def _read(picture: Image.Image, *, ocr: bool = True, form: str = "PNG", budget: Budget | None = None) -> Document:
    out = io.BytesIO()
    picture.save(out, form)
    return read_file(Source(data=out.getvalue(), ocr=ocr, budget=budget or Budget()))


@pytest.mark.parametrize(("turn", "size", "noise"), [(0, 28, False), (0, 16, False), (1.5, 28, True), (-2, 40, True)])
def test_words_of_a_picture(turn: float, size: int, noise: bool) -> None:
    """Each line is read in order, also of a picture that is small, turned or noisy."""
    document = _read(_picture(turn, size, noise), form="JPEG" if noise else "PNG")
    assert document.text.split("\n") == list(_LINES)
    assert document.problem == ""


def test_words_of_a_scan() -> None:
    """A PDF that is nothing but a picture says so, and is read when asked."""
    data = (_FILES / "scan-img2pdf.pdf").read_bytes()
    assert read_file(Source(data=data)).problem == "no OCR"
    document = read_file(Source(data=data, ocr=True))
    assert "IBAN DE02 1203 0000 0000 2020 51" in document.text
    assert "842.50 EUR" in document.text
    assert document.passages[0].where == "page 1"


def test_a_picture_is_not_read_unasked() -> None:
    """Most pictures are photos in mails that say what they want in text."""
    assert _read(_picture(), ocr=False).passages == ()


def test_no_more_pictures_than_the_budget_has() -> None:
    """The document says that words were left out."""
    budget = Budget(pictures_left=0)
    document = _read(_picture(), budget=budget)
    assert (document.text, document.problem) == ("", "bounds")


def test_addresses_in_pictures_are_links() -> None:
    """An address that is only painted is one that a person types."""
    picture = Image.new("L", (600, 90), 255)
    ImageDraw.Draw(picture).text((20, 25), "https://login.example/verify", font=ImageFont.load_default(size=30), fill=0)
    assert [link.url for link in _read(picture).links] == ["https://login.example/verify"]


@pytest.mark.parametrize("asked", [True, False])
def test_without_the_extra_it_says_so(monkeypatch: pytest.MonkeyPatch, asked: bool) -> None:
    """Only a picture whose words were wanted misses the extra."""
    monkeypatch.setattr(ocr, "warm", lambda: None)
    assert _read(_picture(), ocr=asked).problem == ("no OCR" if asked else "")
    assert read_file(Source(data=(_FILES / "scan-img2pdf.pdf").read_bytes(), ocr=asked)).problem == "no OCR"
    assert read_file(Source(data=(_FILES / "invoice-chromium.pdf").read_bytes(), ocr=asked)).problem == ""


def test_boxes_follow_turned_lines() -> None:
    """Two bars, one of them turned, are two boxes around their middles with their turn."""
    bright = Image.new("L", (400, 200), 0)
    draw = ImageDraw.Draw(bright)
    draw.rectangle((40, 30, 240, 44), fill=255)
    draw.line((60, 120, 340, 130), fill=255, width=14)
    found = sorted(boxes_in(np.asarray(bright, dtype=np.float32) / 255), key=lambda box: box.y)
    assert [(box.x, box.y) for box in found] == [pytest.approx((140, 37), abs=1.5), pytest.approx((200, 125), abs=1.5)]
    assert found[0].turn == pytest.approx(0, abs=0.01)
    assert found[1].turn == pytest.approx(math.atan2(10, 280), abs=0.02)
    assert found[0].length > 200, "the core is widened"


def test_pieces_that_touch_are_one_box() -> None:
    """A shape whose arms meet below is one group of runs."""
    bright = np.zeros((60, 120), dtype=np.float32)
    bright[10:40, 10:20] = bright[10:40, 80:90] = bright[40:50, 10:90] = 0.9
    assert len(boxes_in(bright)) == 1


def test_noise_gives_no_boxes() -> None:
    """A map of single pixels is refused before it costs time."""
    bright = np.indices((1000, 1000)).sum(axis=0) % 2
    assert boxes_in(bright.astype(np.float32)) == []
    assert boxes_in(np.zeros((32, 32), dtype=np.float32)) == []


@pytest.mark.parametrize("size", [(1, 1), (30_000, 20), (5_000, 5_000), (40, 9_000)])
def test_the_detector_sees_a_bounded_picture(size: tuple[int, int]) -> None:
    """Sides are multiples of 32, and their product keeps the bound nearly."""
    width, height = ocr._seen_size(size)
    assert width % 32 == height % 32 == 0
    assert width * height <= 1.1 * MAX_OCR_PIXELS


def test_the_models_leave_nothing_behind(tmp_path: Path) -> None:
    """Later versions of their library write a device number and events into the home folder, to be sent."""
    code = "from glassdome.files import ocr\nassert ocr.warm() is not None"
    subprocess.run([sys.executable, "-c", code], check=True, env={"HOME": str(tmp_path), "TMPDIR": str(tmp_path)})

    assert [] == list(tmp_path.rglob("*"))
