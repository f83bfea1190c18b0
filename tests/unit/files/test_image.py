"""QR and bar codes in pictures of every kind, and pictures that are made to hurt."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from glassdome.core.limits import MAX_IMAGE_FRAMES
from glassdome.files.read import read_file
from glassdome.files.source import Budget, Source
from glassdome.values.document import Code, Document, FileLink

_FILES = Path(__file__).parents[2] / "data" / "files" / "image"
_URL = "https://login.example/verify?u=ann"


def _read(data: bytes, **more: Budget) -> Document:
    return read_file(Source(data=data, **more))


def _code(text: str = _URL, kind: str = "QRCode", scale: int = 4) -> Image.Image:
    made = zxingcpp.create_barcode(text, getattr(zxingcpp.BarcodeFormat, kind))
    raw = zxingcpp.write_barcode_to_image(made, scale=scale, add_quiet_zones=True)
    view = memoryview(raw)
    return Image.frombytes("L", (view.shape[1], view.shape[0]), bytes(view))


def _bytes(picture: Image.Image, form: str, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, form, **options)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("qr-link.png", _URL),
        ("qr-small.png", "https://s.example/1"),
        ("qr-inverted.png", "https://dark.example/"),
        ("ticket-poppler.png", "https://tickets.example/t/4711"),
    ],
)
def test_codes_made_by_programs(name: str, text: str) -> None:
    """A code is read from a picture that a program made, and its address is a link."""
    document = _read((_FILES / name).read_bytes())
    assert document.read == "yes"
    assert document.codes == (Code(kind="QR", text=text),)
    assert document.links == (FileLink(url=text),)


def test_a_girocode_gives_the_transfer() -> None:
    """Facts of a bank transfer stand in the document."""
    facts = {fact.type: fact.value for fact in _read((_FILES / "girocode.png").read_bytes()).facts}
    assert (facts["amount"], facts["iban"]) == ("35.00 EUR", "DE58370205000001020304")


@pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF", "AVIF", "JPEG2000"])
def test_every_format(form: str) -> None:
    """Each format that stands in mail is decoded."""
    assert [code.text for code in _read(_bytes(_code(), form)).codes] == [_URL]


@pytest.mark.parametrize(
    ("kind", "name", "text"),
    [
        ("QRCode", "QR", "https://x.example/"),
        ("Aztec", "Aztec", "M1KELLER/ANNA"),
        ("DataMatrix", "Data Matrix", "A4711"),
        ("PDF417", "PDF417", "M1KELLER/ANNA"),
        ("EAN13", "EAN-13", "4006381333931"),
        ("Code128", "Code 128", "00340434161094042557"),
    ],
)
def test_kinds_are_named_as_the_field_names_them(kind: str, name: str, text: str) -> None:
    """The kind is the name that people know."""
    assert [(code.kind, code.text) for code in _read(_bytes(_code(text, kind), "PNG")).codes] == [(name, text)]


def test_a_code_in_a_corner_of_a_large_photo() -> None:
    """A photo is made smaller, and its code is still read."""
    photo = Image.effect_noise((4000, 3000), 60)
    photo.paste(_code(scale=16), (2600, 1800))
    assert [code.text for code in _read(_bytes(photo, "JPEG", quality=80)).codes] == [_URL]


@pytest.mark.parametrize("degrees", [7, 45, 90, 180])
def test_turned_codes(degrees: int) -> None:
    """A code is read at any angle."""
    turned = _code(scale=6).rotate(degrees, expand=True, fillcolor=255)
    assert [code.text for code in _read(_bytes(turned, "PNG")).codes] == [_URL]


def test_a_code_on_transparent_ground() -> None:
    """Unpainted places of a picture count as white, as the reader sees them."""
    code = _code()
    clear = Image.new("RGBA", code.size, (0, 0, 0, 0))
    clear.paste((0, 0, 0, 255), mask=code.point(lambda value: 255 - value))
    assert [found.text for found in _read(_bytes(clear, "PNG")).codes] == [_URL]


@pytest.mark.parametrize(
    ("form", "where"), [("GIF", "frame 3"), ("WEBP", "frame 3"), ("PNG", "frame 3"), ("TIFF", "page 3")]
)
def test_a_code_on_a_later_frame(form: str, where: str) -> None:
    """All frames are searched; the place names the frame, or the page."""
    code = _code()
    blank = [Image.new("L", code.size, shade) for shade in (60, 220)]
    data = _bytes(
        blank[0], form, save_all=True, append_images=[blank[1], code], **({} if form == "TIFF" else {"duration": 200})
    )
    assert [(found.text, found.where) for found in _read(data).codes] == [(_URL, where)]


def test_frames_beyond_the_bound_are_told() -> None:
    """An animation longer than the bound is read in part."""
    frames = [Image.new("L", (20, 20), number * 8) for number in range(MAX_IMAGE_FRAMES + 5)]
    document = _read(_bytes(frames[0], "GIF", save_all=True, append_images=frames[1:]))
    assert (document.read, document.problem) == ("yes", "bounds")


def test_several_codes_share_the_budget() -> None:
    """No more codes are kept than there is room for."""
    sheet = Image.new("L", (800, 400), 255)
    sheet.paste(_code("https://a.example/"), (20, 20))
    sheet.paste(_code("https://b.example/"), (420, 20))
    assert len(_read(_bytes(sheet, "PNG")).codes) == 2
    assert len(_read(_bytes(sheet, "PNG"), budget=Budget(codes_left=1)).codes) == 1


def test_a_bomb_is_not_decoded() -> None:
    """A picture that says it has 900 million pixels is too large; nothing is decoded."""
    head = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 0, 0, 0, 0)
    chunk = b"IHDR" + head
    png = (
        b"\x89PNG\r\n\x1a\n"
        + struct.pack(">I", 13)
        + chunk
        + struct.pack(">I", zlib.crc32(chunk))
        + b"\x00\x00\x00\x00IDAT"
    )
    document = _read(png)
    assert (document.read, document.problem) == ("too_large", "bounds")


def test_a_picture_of_a_phone_without_decoder() -> None:
    """A HEIC picture says that nothing here decodes it."""
    document = _read(b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic")
    assert (document.kind, document.read) == ("image/heic", "unsupported")
    assert "HEIC" in document.problem


@pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF", "WEBP", "TIFF", "BMP"])
@pytest.mark.parametrize("share", [0.05, 0.4, 0.9])
def test_truncated_pictures_never_raise(form: str, share: float) -> None:
    """A picture cut anywhere is damaged or read as far as it goes."""
    data = _bytes(_code(), form)
    assert _read(data[: int(len(data) * share)]).read in ("yes", "damaged", "unsupported")


def test_the_camera_says_how_to_turn_it() -> None:
    """A picture with a turn in its metadata is read like one without."""
    exif = Image.Exif()
    exif[0x0112] = 6
    barcode = _code("4006381333931", "EAN13")
    data = _bytes(barcode.rotate(90, expand=True), "JPEG", exif=exif)
    assert [code.text for code in _read(data).codes] == ["4006381333931"]
