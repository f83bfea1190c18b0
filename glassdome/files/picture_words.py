"""Words of one picture as text, for as many pictures as there is room for; where they are wanted and cannot be had, the problem says so."""

from __future__ import annotations

from PIL import Image

from glassdome.files.ocr import words_in
from glassdome.files.ocr_gate import NO_OCR
from glassdome.files.source import Budget
from glassdome.parse.plain import clean, tidy

__all__ = ["take_words"]

#: Sides below which a picture holds no line of text that a person reads.
_LEAST_WIDTH, _LEAST_HEIGHT = 60, 16


def take_words(picture: Image.Image, budget: Budget) -> tuple[str, str]:
    """Return the words of a picture and the problem, each empty where there is none."""
    if picture.width < _LEAST_WIDTH or picture.height < _LEAST_HEIGHT:
        return "", ""
    if budget.pictures_left <= 0:
        return "", "bounds"
    budget.pictures_left -= 1
    words = words_in(picture)
    return ("", NO_OCR) if words is None else (tidy(clean(words)), "")
