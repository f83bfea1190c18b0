"""QR codes drawn with block characters, and with the cells of tables."""

from __future__ import annotations

from pathlib import Path

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st

from glassdome.files.text_art import codes_in
from glassdome.values.document import Code

_URL = "https://login.example/verify?u=ann"
_FILES = Path(__file__).parents[2] / "data" / "files" / "text"
_FOUND = (Code(kind="QR", text=_URL, where="text"),)


def _modules() -> list[list[bool]]:
    made = zxingcpp.create_barcode(_URL, zxingcpp.BarcodeFormat.QRCode)
    view = memoryview(zxingcpp.write_barcode_to_image(made, scale=1, add_quiet_zones=True))
    return [[view[row, column] < 128 for column in range(view.shape[1])] for row in range(view.shape[0])]


@pytest.mark.parametrize("name", sorted(path.name for path in _FILES.glob("*.txt")))
def test_codes_that_qrencode_draws(name: str) -> None:
    """Each of its ways to draw in a terminal is read."""
    assert codes_in((_FILES / name).read_text(encoding="utf-8")) == _FOUND


@pytest.mark.parametrize(("dark", "light"), [("██", "  "), ("⬛", "⬜"), ("█", " "), ("▓▓", "░░")])
def test_other_characters(dark: str, light: str) -> None:
    """Words before and behind do not matter."""
    drawn = "\n".join("".join(dark if cell else light for cell in row) for row in _modules())
    assert codes_in(f"Scan this to keep your mailbox:\n\n{drawn}\n\nThe team") == _FOUND


@pytest.mark.parametrize("style", ['bgcolor="#000000"', 'style="width:4px;background-color:#111"', "bgcolor=black"])
def test_cells_of_a_table(style: str) -> None:
    """A table whose cells have nothing but a colour is a picture."""
    rows = (
        "".join(f"<td {style}></td>" if cell else "<td bgcolor=#ffffff></td>" for cell in row) for row in _modules()
    )
    html = "<p>Hi</p><table>" + "".join(f"<tr>{row}</tr>" for row in rows) + "</table>"
    assert codes_in(html) == _FOUND


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Hello",
        "█" * 200,
        "▄▀▄\n" * 3,
        "██████ 80 %\n" * 30,
        "<table>" + "<tr><td>1</td><td>2</td></tr>" * 40 + "</table>",
    ],
)
def test_other_drawings_hold_no_code(text: str) -> None:
    """Bars of progress, rules and tables of words are no codes."""
    assert codes_in(text) == ()


@given(st.text("█▀▄ \n<tdrable>", max_size=3_000))
def test_any_text(text: str) -> None:
    """No text raises."""
    codes_in(text)
