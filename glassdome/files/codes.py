"""QR and bar codes in a picture, by zxing-cpp, and the links and facts that they hold."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Final

import zxingcpp
from PIL import Image

from glassdome.core.limits import MAX_CODE_CHARS, MAX_CODE_PIXELS
from glassdome.files.code_facts import facts_of
from glassdome.files.source import Budget
from glassdome.parse.plain import clean
from glassdome.parse.url import normal_url
from glassdome.values.document import Code, FileLink
from glassdome.values.fact import Fact

__all__ = ["codes_in", "facts_in", "links_in", "on_white", "take_codes"]

#: Kinds that stand in mail, as the field names them. Left out are kinds that are seen where none is: ITF, Codabar, DataBar.
_KINDS: Final[dict[str, str]] = {
    "QRCode": "QR",
    "MicroQRCode": "Micro QR",
    "RMQRCode": "rMQR",
    "Aztec": "Aztec",
    "DataMatrix": "Data Matrix",
    "PDF417": "PDF417",
    "EAN13": "EAN-13",
    "EAN8": "EAN-8",
    "UPCA": "UPC-A",
    "UPCE": "UPC-E",
    "Code128": "Code 128",
    "Code39": "Code 39",
}
_FORMATS = zxingcpp.BarcodeFormats([getattr(zxingcpp.BarcodeFormat, kind) for kind in _KINDS])
#: A bar code of fewer characters is a pattern in a picture more often than a code.
_LEAST_LINEAR = 5
_LINEAR = frozenset({"EAN8", "UPCE", "Code128", "Code39"})
#: Schemes a code opens something with.
_OPENS = ("http://", "https://", "www.")


def codes_in(picture: Image.Image, where: str = "") -> tuple[Code, ...]:
    """Find the codes of a picture; it is made smaller where it is large, and larger where that is small and bare."""
    grey = _shrunk(on_white(picture).convert("L"))
    found = _read(grey, where)
    if not found and max(grey.size) <= _SMALL:
        found = _read(grey.resize((grey.width * 3, grey.height * 3), Image.Resampling.LANCZOS), where)
    return found


#: Sides up to this many pixels are tried at three times the size: a code in a signature has one pixel per module.
_SMALL: Final = 400


def _read(grey: Image.Image, where: str) -> tuple[Code, ...]:
    found = zxingcpp.read_barcodes(grey, formats=_FORMATS, text_mode=zxingcpp.TextMode.Plain)
    codes = (Code(kind=_KINDS[code.format.name], text=_text(code.text), where=where) for code in found if _counts(code))
    return tuple(dict.fromkeys(code for code in codes if code.text))


def _counts(code: zxingcpp.Barcode) -> bool:
    name = code.format.name
    return bool(code.valid) and name in _KINDS and (name not in _LINEAR or len(code.text) >= _LEAST_LINEAR)


def _text(raw: str) -> str:
    return clean(raw[:MAX_CODE_CHARS])


def on_white(picture: Image.Image) -> Image.Image:
    """Lay a picture on white where it is transparent, as mail programs show it."""
    if picture.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in picture.info:
        over = picture.convert("RGBA")
        white = Image.new("RGBA", over.size, (255, 255, 255, 255))
        return Image.alpha_composite(white, over).convert("RGB")
    return picture


def _shrunk(grey: Image.Image) -> Image.Image:
    pixels = grey.width * grey.height
    if pixels <= MAX_CODE_PIXELS:
        return grey
    share = math.sqrt(MAX_CODE_PIXELS / pixels)
    size = (max(1, int(grey.width * share)), max(1, int(grey.height * share)))
    return grey.resize(size, Image.Resampling.BILINEAR, reducing_gap=2.0)


def take_codes(codes: Iterable[Code], budget: Budget) -> tuple[Code, ...]:
    """Keep as many codes as there is room for."""
    kept = tuple(dict.fromkeys(codes))[: max(0, budget.codes_left)]
    budget.codes_left -= len(kept)
    return kept


def links_in(codes: Iterable[Code]) -> Iterator[FileLink]:
    """Return the addresses that codes open."""
    for code in codes:
        text = code.text.strip()
        if text.lower().startswith(_OPENS) and " " not in text:
            url = normal_url(text if "://" in text[:9] else "http://" + text)
            yield FileLink(url=url, where=code.where)


def facts_in(codes: Iterable[Code]) -> Iterator[Fact]:
    """Return the facts that codes hold."""
    for code in codes:
        yield from facts_of(code)
