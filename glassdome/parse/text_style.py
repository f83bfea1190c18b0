"""Computes how text looks in its place: the inherited part of CSS that decides whether it can be read."""

from __future__ import annotations

from typing import Literal, NamedTuple

from glassdome.parse.colour import Colour, alike, colour
from glassdome.parse.css import EMPTY, Shown, Style, merge, parse_declarations

__all__ = ["PAGE", "Hidden", "Sheet", "TextStyle", "styled", "text_style_of"]

Hidden = Literal["css", "size", "color", "offscreen"]
Sheet = dict[str, Style]

#: Font size in px up to which text is a hair line.
_UNREADABLE_PX = 1.5


class TextStyle(NamedTuple):
    """The computed style of one element; `how` says by what its text is hidden, if it is.

    A `removed` element takes all its content with it; within an invisible one a part may be visible (CSS 2.2 11.2).
    """

    removed: Literal["css", "offscreen"] | None
    font: float
    color: Colour | None
    background: Colour
    how: Hidden | None
    visible: bool = True
    mirrored: bool = False


#: The page before any style: 16 px, no colour said (black), on white.
PAGE = TextStyle(removed=None, font=16.0, color=None, background=(255, 255, 255), how=None)


def text_style_of(
    tag: str, attributes: dict[str, str | None], sheet: Sheet, parent: TextStyle, matched: Style = EMPTY
) -> TextStyle:
    """Compute the look of an element from its attributes, the style sheets and its parent's look.

    `matched` is the style that rules with other than simple selectors give it.
    """
    style = merge(_sheet_style(tag, attributes, sheet), matched) if sheet else matched
    inline = attributes.get("style")
    style = merge(merge(_attribute_style(tag, attributes), style), parse_declarations(inline) if inline else EMPTY)
    if tag == "bdo" and (direction := attributes.get("dir")):
        style = style._replace(mirrored=direction.lower() == "rtl")
    if tag == "a" and style.color is None and parent.color is not None:
        style = style._replace(color="unknown")  # a link's own colour is the mail program's
    return styled(style, parent)


def _sheet_style(tag: str, attributes: dict[str, str | None], sheet: Sheet) -> Style:
    style = sheet.get(tag, EMPTY)
    for name in (attributes.get("class") or "").split()[:20]:
        style = merge(merge(style, sheet.get(f".{name}", EMPTY)), sheet.get(f"{tag}.{name}", EMPTY))
    name = attributes.get("id") or ""
    return merge(merge(style, sheet.get(f"#{name}", EMPTY)), sheet.get(f"{tag}#{name}", EMPTY)) if name else style


def _attribute_style(tag: str, attributes: dict[str, str | None]) -> Style:
    hide = "hidden" in attributes
    background = attributes.get("bgcolor")
    image = attributes.get("background")
    foreground = attributes.get("color") if tag == "font" else attributes.get("text") if tag == "body" else None
    if not (hide or background or image or foreground):
        return EMPTY
    return Style(
        display=Shown(False) if hide else None,
        color=colour(foreground) if foreground else None,
        background="unknown" if image else colour(background) if background else None,
    )


def styled(style: Style, parent: TextStyle) -> TextStyle:
    """Compute the text style of an element with this style inside its parent."""
    if style is EMPTY:
        return parent
    removed = parent.removed or style.hide or ("css" if style.display is not None and not style.display.shown else None)
    visible = parent.visible if style.visibility is None else style.visibility.shown
    font = parent.font
    if style.font is not None:
        font = min(1000.0, parent.font * style.font) if style.relative else style.font
    color = style.color if style.color is not None else parent.color
    background = parent.background if style.background is None or style.background == "clear" else style.background
    how = _how(removed if visible else removed or "css", font, color, background)
    mirrored = parent.mirrored if style.mirrored is None else style.mirrored
    return TextStyle(removed, font, color, background, how, visible, mirrored)


def _how(
    removed: Literal["css", "offscreen"] | None, font: float, color: Colour | None, background: Colour
) -> Hidden | None:
    if removed:
        return removed
    if font <= _UNREADABLE_PX:
        return "size"
    if color is not None and (color == "clear" or alike(color, background)):
        return "color"
    return None
