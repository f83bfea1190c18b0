"""The part of CSS that decides whether text can be seen: declarations, colours, and simple style sheet rules."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal, NamedTuple

from glassdome.core.limits import MAX_STYLE_CHARS, MAX_STYLE_RULES, MAX_STYLESHEET_CHARS
from glassdome.parse.colour import Colour, colour
from glassdome.parse.css_rules import applies

__all__ = ["EMPTY", "Shown", "Style", "merge", "parse_declarations", "parse_stylesheet"]

_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_ESCAPE = re.compile(r"\\([0-9a-f]{1,6})\s?|\\(.)", re.IGNORECASE)
_INTERESTING = re.compile(
    r"display|visib|opacity|font|color|background|position|left|top|indent|height|width|clip|transform|bidi|\\",
    re.IGNORECASE,
)
_LENGTH = re.compile(r"(-?(?:\d{1,9}(?:\.\d{0,9})?|\.\d{1,9}))\s*(px|pt|em|rem|%|ex|vw|vh|cm|mm|in)?")
_AT_RULE = re.compile(r"@[^{};@]{0,200}(\{|;)")
_BRACE = re.compile(r"[{}]")
_COMBINATOR = re.compile(r"[\s>+~:\[]+")
_SIMPLE = re.compile(r"(?:[a-z][a-z0-9]*)?(?:[.#][\w-]+)?", re.IGNORECASE)
_TAG = re.compile(r"[A-Za-z0-9]+")
_PX = {"px": 1.0, "": 1.0, "pt": 1.33, "cm": 37.8, "mm": 3.78, "in": 96.0, "vw": 8.0, "vh": 6.0}
#: Selectors of one rule, and their length; no hand-made rule is longer.
_MAX_SELECTORS = 20
_MAX_SELECTOR_CHARS = 200
#: @-rules in @-rules that are read.
_MOST_NESTED = 3
#: Distance outside the window at which nothing of a text is left in it.
_FAR = -500.0


class Shown(NamedTuple):
    """The effect of one property: the element is shown or hidden; a later rule may override it."""

    shown: bool
    important: bool = False


class Style(NamedTuple):
    """The declarations of one element; None means "not declared here".

    `hide` is said by another property than `display` and `visibility`, which a later rule can take back; `mirrored`
    text stands backwards in the mail. `font` is in px, or a factor of the parent's size where `relative`. `color` and `background` may be "clear"
    (transparent) or "unknown" (an image, a gradient, a name we do not know).
    """

    hide: Literal["css", "offscreen"] | None = None
    font: float | None = None
    relative: bool = False
    color: Colour | None = None
    background: Colour | None = None
    display: Shown | None = None
    visibility: Shown | None = None
    mirrored: bool | None = None


EMPTY = Style()


def merge(below: Style, above: Style) -> Style:
    """Lay the declarations `above` over those `below`; the last one counts, but for important ones (CSS Cascade 6)."""
    if above is EMPTY:
        return below
    if below is EMPTY:
        return above
    font = above if above.font is not None else below
    return Style(
        hide=above.hide or below.hide,
        font=font.font,
        relative=font.relative,
        color=above.color if above.color is not None else below.color,
        background=above.background if above.background is not None else below.background,
        display=_last(below.display, above.display),
        visibility=_last(below.visibility, above.visibility),
        mirrored=above.mirrored if above.mirrored is not None else below.mirrored,
    )


def _last(below: Shown | None, above: Shown | None) -> Shown | None:
    if above is None or (below is not None and below.important and not above.important):
        return below
    return above


@lru_cache(maxsize=4096)
def parse_declarations(text: str) -> Style:
    """Parse a style attribute or the body of a rule."""
    text = text[:MAX_STYLE_CHARS]
    if not _INTERESTING.search(text):
        return EMPTY
    return _style(_declared(text))


def _declared(text: str) -> dict[str, str]:
    if "/*" in text:
        text = _COMMENT.sub("", text)
    if "\\" in text:
        text = _ESCAPE.sub(lambda m: chr(int(m[1], 16)) if m[1] and int(m[1], 16) < 0xD800 else m[2] or "", text)
    found: dict[str, str] = {}
    for declaration in text.lower().split(";"):
        name, colon, value = declaration.partition(":")
        if colon:
            name, value = name.strip(), value.strip()
            if value.endswith("!important"):
                found[name] = value[:-10].rstrip()
                found["!" + name] = ""
            elif "!" + name not in found:
                found[name] = value
    return found


def _style(declared: dict[str, str]) -> Style:
    style = Style(
        hide=_hide(declared),
        color=colour(declared["color"]) if "color" in declared else None,
        background=_background(declared),
        display=_shown(declared, "display", ("none",)),
        visibility=_shown(declared, "visibility", ("hidden", "collapse")),
        mirrored=declared.get("direction") == "rtl" if "override" in declared.get("unicode-bidi", "") else None,
    )
    size = declared.get("font-size") or _shorthand_size(declared.get("font", ""))
    if size:
        px, relative = _font(size)
        style = style._replace(font=px, relative=relative)
    return EMPTY if style == EMPTY else style


def _shown(declared: dict[str, str], name: str, hidden: tuple[str, ...]) -> Shown | None:
    value = declared.get(name)
    return Shown(value not in hidden, "!" + name in declared) if value else None


def _hide(declared: dict[str, str]) -> Literal["css", "offscreen"] | None:
    get = declared.get
    opacity = _number(get("opacity", ""))
    if opacity is not None and opacity <= 0.05:
        return "css"
    if "hidden" in get("overflow", "") and any(
        _px(get(name, "")) in (0.0, 1.0) for name in ("max-height", "height", "max-width", "width")
    ):
        return "css"
    return "offscreen" if _off_screen(declared) else None


def _off_screen(declared: dict[str, str]) -> bool:
    get = declared.get
    if get("position") in ("absolute", "fixed", "relative"):
        if any((_px(get(side, "")) or 0.0) <= _FAR for side in ("left", "top", "right", "bottom")):
            return True
        if get("clip", "").replace(" ", "").startswith(("rect(0,0,0,0", "rect(0000", "rect(0px,0px,0px,0px")):
            return True
    margins = [_px(get(name, "")) or 0.0 for name in ("text-indent", "margin-left", "margin-top")]
    return min(margins) <= _FAR or get("transform", "").replace(" ", "").startswith("scale(0)")


def _number(value: str) -> float | None:
    found = _LENGTH.match(value)
    if not found:
        return None
    return float(found[1]) / (100 if found[2] == "%" else 1)


def _px(value: str) -> float | None:
    found = _LENGTH.match(value)
    if not found:
        return None
    return float(found[1]) * (16.0 if found[2] in ("em", "rem", "ex") else _PX.get(found[2] or "", 10.0))


def _font(value: str) -> tuple[float, bool]:
    """Return the size in px or as a factor, and whether it is a factor."""
    found = _LENGTH.match(value)
    if not found:
        return 16.0, False  # a keyword such as `small`; none of them is unreadable
    number, unit = float(found[1]), found[2] or ""
    if unit in ("em", "%", "ex"):
        return (number / 100 if unit == "%" else number), True
    return number * (16.0 if unit == "rem" else _PX.get(unit, 1.0)), False


def _shorthand_size(font: str) -> str:
    """The size in `font: bold 12px/1.5 Arial`."""
    return next(
        (
            word.partition("/")[0]
            for word in font.split()[:6]
            if (_LENGTH.match(word) and not word.isdigit()) or word == "0"
        ),
        "",
    )


def _background(declared: dict[str, str]) -> Colour | None:
    image = declared.get("background-image", "")
    if image and image != "none":
        return "unknown"
    value = declared.get("background-color") or declared.get("background")
    if not value:
        return None
    if "url(" in value or "gradient" in value:
        return "unknown"
    if value.startswith(("none", "transparent", "inherit", "initial")):
        return "clear"
    return colour(value)


def parse_stylesheet(text: str) -> tuple[dict[str, Style], list[tuple[str, Style]]]:
    """Parse the rules; return those with simple selectors (`p`, `.x`, `#x`, `p.x`), and others that may hide something.

    Blocks of @media and the like are skipped. Of any other selector a background counts too, as "unknown" on its last
    part: text on it is then never judged.
    """
    text = _without_at_rules(_COMMENT.sub("", text[:MAX_STYLESHEET_CHARS].replace("<!--", "").replace("-->", "")))
    rules: dict[str, Style] = {}
    others: list[tuple[str, Style]] = []
    for block in text.split("}")[:MAX_STYLE_RULES]:
        selectors, brace, body = block.partition("{")
        style = parse_declarations(body[:MAX_STYLE_CHARS]) if brace else EMPTY
        if style is not EMPTY:
            for selector in map(str.strip, selectors.split(",")[:_MAX_SELECTORS]):
                _add_rule(rules, selector[:_MAX_SELECTOR_CHARS], style)
                if _may_hide(style) and not _SIMPLE.fullmatch(selector) and len(selector) < _MAX_SELECTOR_CHARS:
                    others.append((selector, style))
    return rules, others


def _may_hide(style: Style) -> bool:
    tiny = style.font is not None and style.font < 2
    return bool(style.hide or style.display or style.visibility or tiny)


def _add_rule(rules: dict[str, Style], selector: str, style: Style) -> None:
    if not selector:
        return
    if _SIMPLE.fullmatch(selector):
        if selector[0].isupper():  # names of elements have no case
            tag = _TAG.match(selector)
            selector = f"{tag[0].lower()}{selector[tag.end() :]}" if tag else selector
        rules[selector] = merge(rules.get(selector, EMPTY), style)
    elif style.background is not None:
        last = _COMBINATOR.split(selector)[-1]
        if last and _SIMPLE.fullmatch(last):
            rules[last] = merge(rules.get(last, EMPTY), Style(background="unknown"))


def _without_at_rules(text: str, depth: int = 0) -> str:
    """Cut out @-rules with their blocks, which depend on the reader's device; keep those that apply on every screen."""
    if "@" not in text:
        return text
    out: list[str] = []
    at = 0
    while rule := _AT_RULE.search(text, at):
        out.append(text[at : rule.start()])
        at = rule.end()
        if rule[1] == "{":
            at = _block_end(text, rule.end())
            if depth < _MOST_NESTED and applies(rule[0][:-1].strip()) == "always":
                out.append(_without_at_rules(text[rule.end() : at].removesuffix("}"), depth + 1))
    return "".join(out) + text[at:]


def _block_end(text: str, at: int) -> int:
    depth = 1
    for brace in _BRACE.finditer(text, at):
        depth += 1 if brace.group() == "{" else -1
        if not depth:
            return brace.end()
    return len(text)
