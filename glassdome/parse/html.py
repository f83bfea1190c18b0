"""HTML bodies: visible text, hidden text and how it is hidden, links, forms, scripts, remote images."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from html import unescape
from typing import Literal

from selectolax.lexbor import LexborHTMLParser, LexborNode

from glassdome.core.limits import MAX_FORMS, MAX_HIDDEN, MAX_LINKS, MAX_SHOWN_CHARS
from glassdome.parse.css import EMPTY, Shown, Style, parse_stylesheet
from glassdome.parse.css_rules import applies
from glassdome.parse.frames import MAX_FRAME_DEPTH, MAX_FRAMES, inner_page, is_closed
from glassdome.parse.generated import MAX_WRITTEN, Generated, Place, generated_by, list_marker, may_generate
from glassdome.parse.html_guard import guard
from glassdome.parse.html_text import TextBuilder
from glassdome.parse.plain import one_line
from glassdome.parse.selectors import Matcher, matched_styles
from glassdome.parse.state import ParseState
from glassdome.parse.text_style import PAGE, Sheet, TextStyle, styled, text_style_of
from glassdome.parse.url import host_of, normal_url
from glassdome.values.message import Form, HiddenText, Link

__all__ = ["HtmlPage", "read_html"]

_SKIPPED = frozenset((
    "head", "script", "style", "title", "template", "iframe", "noembed",
))  # fmt: skip
_BLOCKS = frozenset((
    "address", "article", "aside", "blockquote", "body", "center", "dd", "details", "dialog", "div", "dl", "dt",
    "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html",
    "legend", "li", "main", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "tfoot", "thead", "tr",
    "ul",
))  # fmt: skip
#: Elements whose words no browser shows.
_UNSEEN = frozenset(("datalist", "defs", "desc", "metadata", "symbol"))
_GONE = Style(display=Shown(False))
_HREF_IN_TEXT = re.compile(r"href\s{0,5}=\s{0,5}[\"']?([^\"'\s>]{1,4096})", re.IGNORECASE)
_FOR_OUTLOOK = re.compile(r"\s*\[if\s+(?!!)[^\]]{0,100}\b(?:mso|vml)\b", re.IGNORECASE)
_HREF_IN_TAG = re.compile(
    r"<(?!link\b|base\b)[a-z][a-z:]{0,20}\b[^<>]{0,1000}?\bhref\s{0,5}=\s{0,5}[\"']?([^\"'\s<>]{1,4096})", re.IGNORECASE
)
#: Characters of one comment in which Outlook's links are looked for.
_MOST_COMMENT = 100_000
_TAGS = re.compile(r"<[^<>]*>?")
_REFRESH = re.compile(r"url\s{0,5}=\s{0,5}['\"]?(.+)", re.IGNORECASE | re.DOTALL)
_MSO = "<!--[if"
_CONDITION = re.compile(r"<!--\[if[^\]<>]{0,200}\]>|<!\[endif\]-->", re.IGNORECASE)
#: Fields of a form that show none of their words.
_WITHOUT_WORDS = frozenset({"hidden", "password", "checkbox", "radio", "file", "color", "range"})
_REMOTE = ("http:", "https:", "//")


@dataclass(slots=True, kw_only=True)
class HtmlPage:
    """The visible text and other content of one HTML body."""

    text: str = ""
    hidden: list[HiddenText] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    forms: list[Form] = field(default_factory=list)
    has_script: bool = False
    remote_images: int = 0

    def add(self, inner: HtmlPage) -> None:
        """Add the findings of a page inside this one, except for its text, which has its place."""
        self.hidden = (self.hidden + inner.hidden)[:MAX_HIDDEN]
        self.links = (self.links + inner.links)[:MAX_LINKS]
        self.forms = (self.forms + inner.forms)[:MAX_FORMS]
        self.has_script = self.has_script or inner.has_script
        self.remote_images += inner.remote_images


def read_html(html: str, state: ParseState) -> HtmlPage:
    """Read one HTML body. What a mail program would run or load is counted, never run or loaded."""
    page = _read(html, state)
    if not page.text and _MSO in html:  # Outlook shows what others take for a comment
        return _read(_CONDITION.sub("", html), state)
    return page


def _read(html: str, state: ParseState, depth: int = 0, base: str = "") -> HtmlPage:
    html, rest = guard(html, state)
    walker = _Walker(LexborHTMLParser(html), state, depth, base)
    walker.walk()
    if rest:
        walker.read_as_text(rest)
    return walker.page()


@dataclass(slots=True)
class _Anchor:
    url: str
    place: Literal["html", "hidden", "area"]
    shown: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _OpenForm:
    action: str
    asks_password: bool = False
    inputs: int = 0


class _Walker:
    """One walk over the tree, without recursion."""

    def __init__(self, tree: LexborHTMLParser, state: ParseState, depth: int, base: str) -> None:
        self.tree, self.state, self.depth, self.base = tree, state, depth, base
        self.sheet: Sheet = {}
        self.matched: dict[int, Style] = {}
        self.generated: dict[int, dict[Place, Generated]] = {}
        self.room = MAX_WRITTEN
        self.markers: list[str] = []
        self.frames: list[HtmlPage] = []
        self.out = TextBuilder()
        self.anchors: list[_Anchor] = []
        self.outlook: list[_Anchor] = []
        self.open_anchor: _Anchor | None = None
        self.forms: list[_OpenForm] = []
        self.open_form: _OpenForm | None = None
        self.loose_form = _OpenForm("")
        self.pre = 0
        self.has_script = False
        self.images = 0

    def walk(self) -> None:
        """Visit every node once, in document order."""
        self._read_head()
        node = _first_of(self.tree.root)
        look = PAGE
        above: list[tuple[LexborNode, str, TextStyle]] = []
        while node is not None:
            child = None
            if node.is_text_node:
                text = node.text_content
                if text:
                    self._text(text, look)
            elif node.is_element_node:
                tag = node.tag or ""
                inner = self._enter(node, tag, look)
                child = node.first_child if inner is not None else None
                if child is not None and inner is not None:
                    above.append((node, tag, look))
                    look = inner
                elif inner is not None and (tag in _BLOCKS or tag == "a" or self.generated):
                    self._leave(node, tag, inner)
            elif node.is_comment_node:
                self.out.comment(node.comment_content)
                self._outlook(node.comment_content)
            following = child or node.next
            while following is None and above:
                inner = look
                node, tag, look = above.pop()
                self._leave(node, tag, inner)
                following = node.next
            node = following

    def read_as_text(self, rest: str) -> None:
        """Read HTML that may not be parsed: its words and link targets, without any structure."""
        for found in _HREF_IN_TEXT.finditer(rest):
            if len(self.anchors) >= MAX_LINKS:
                break
            self.anchors.append(_Anchor(found[1], "html"))
        self.out.text(_TAGS.sub(" ", rest), None, False)

    def page(self) -> HtmlPage:
        """Return the page."""
        text, hidden = self.out.result()
        loose = [self.loose_form] if self.loose_form.asks_password else []
        forms = [
            Form(action=self._url(f.action), asks_password=f.asks_password, inputs=f.inputs) for f in self.forms + loose
        ]
        shown = {anchor.url for anchor in self.anchors}
        only = [anchor for anchor in self.outlook if anchor.url not in shown][: MAX_LINKS - len(self.anchors)]
        links = [self._link(anchor) for anchor in self.anchors + only]
        links += [Link(url=form.action, place="form", host=host_of(form.action)) for form in forms if form.action]
        page = HtmlPage(
            text=text or one_line(" ".join(self.out.alternatives)),
            hidden=hidden,
            links=[link for link in links if link.url],
            forms=forms,
            has_script=self.has_script,
            remote_images=self.images,
        )
        for frame in self.frames:
            page.add(frame)
        return page

    def _read_head(self) -> None:
        sheets = [node.text_content or node.text() for node in self.tree.css("style") if _is_for_screens(node)]
        if sheets:
            sheet = "\n".join(sheets)
            self.sheet, others = parse_stylesheet(sheet)
            matcher = Matcher(self.tree)
            self.matched = matched_styles(others, matcher) if others else {}
            self.generated = generated_by(sheet, matcher, self.state) if may_generate(sheet) else {}
        self.has_script = any("json" not in (node.attributes.get("type") or "") for node in self.tree.css("script"))
        base = self.tree.css_first("base[href]")
        if base is not None:
            self.base = normal_url(base.attributes.get("href") or "")
        for meta in self.tree.css("meta[http-equiv=refresh i]")[:3]:
            target = _REFRESH.search(meta.attributes.get("content") or "")
            if target:
                self.anchors.append(_Anchor(target[1].strip("'\" "), "html"))

    def _url(self, raw: str) -> str:
        return normal_url(raw, self.base)

    def _link(self, anchor: _Anchor) -> Link:
        url = self._url(anchor.url)
        shown = one_line(" ".join("".join(anchor.shown).split()))[:MAX_SHOWN_CHARS]
        return Link(url=url, shown=shown, place=anchor.place, host=host_of(url))

    def _text(self, text: str, look: TextStyle, *, as_written: bool = False) -> None:
        if look.mirrored:
            text = text[::-1]
            self.out.mirrored(text)
        visible = self.out.text(text, look.how, as_written or bool(self.pre))
        if self.open_anchor is not None and visible:
            self.open_anchor.shown.append(visible)

    def _enter(self, node: LexborNode, tag: str, look: TextStyle) -> TextStyle | None:
        """Note an element; return the look of its content, or None where the content is not for reading."""
        attributes = node.attributes
        if tag in _SKIPPED:
            if tag == "iframe":
                self._frame(attributes, text_style_of(tag, attributes, self.sheet, look))
            return None
        if tag in _BLOCKS:
            self.out.quote(True) if tag == "blockquote" else self.out.block("\n\n" if tag == "p" else "\n")
        if tag == "pre":
            self.pre += 1
        for name in attributes:
            if name[:2] == "on":
                self.has_script = True
        matched = self.matched.get(node.mem_id, EMPTY) if self.matched else EMPTY
        if attributes or tag in self.sheet or matched is not EMPTY:
            look = text_style_of(tag, attributes, self.sheet, look, matched)
        if tag in _UNSEEN or (tag == "dialog" and "open" not in attributes):
            look = styled(_GONE, look)
        act = _ELEMENTS.get(tag)
        if act is not None:
            act(self, attributes, look)
        if self.generated:
            self._write(node, ("marker", "before"), look)
        return look

    def _write(self, node: LexborNode, places: tuple[Place, ...], look: TextStyle) -> None:
        """Add what the style sheets write at these places of an element."""
        written = self.generated.get(node.mem_id)
        for place in places if written else ():
            if written and self.room > 0 and (here := written.get(place)):
                gap, text = "\n" if here.block else "", here.text(node.attributes)
                self.room -= len(text)
                self._text(f"{gap}{text}{gap}", styled(here.style, look), as_written=here.block)

    def _leave(self, node: LexborNode, tag: str, look: TextStyle) -> None:
        if self.generated:
            self._write(node, ("after",), look)
        if tag == "a":
            anchor, self.open_anchor = self.open_anchor, None
            if self.state.link_mark and anchor is not None and anchor.shown and not look.how:
                self.out.text(self.state.link_mark.format(host_of(self._url(anchor.url))), None, True)
        elif tag in _BLOCKS:
            self.out.quote(False) if tag == "blockquote" else self.out.block("\n\n" if tag == "p" else "\n")
            if tag == "pre":
                self.pre -= 1
            elif tag == "form":
                self.open_form = None
            elif tag in ("ul", "ol") and self.markers:
                self.markers.pop()

    def _add(self, url: str, place: Literal["html", "hidden", "area"]) -> _Anchor | None:
        if len(self.anchors) >= MAX_LINKS or not url.strip() or url.startswith("#"):
            return None
        anchor = _Anchor(url, place)
        self.anchors.append(anchor)
        if url.strip()[:11].lower() == "javascript:":
            self.has_script = True
        return anchor

    def _outlook(self, comment: str | None) -> None:
        """Note the links that Outlook alone shows: it draws buttons from VML in a comment (`<!--[if mso]>`)."""
        if not comment or not _FOR_OUTLOOK.match(comment):
            return
        known = {anchor.url for anchor in self.anchors}
        for found in _HREF_IN_TAG.finditer(comment[:_MOST_COMMENT]):
            url = unescape(found[1])
            if url not in known and url[:7].lower() in ("http://", "https:/"):
                known.add(url)
                self.outlook.append(_Anchor(url, "html"))

    def _anchor(self, attributes: dict[str, str | None], look: TextStyle) -> None:
        href = attributes.get("href") or attributes.get("xlink:href")
        if href:
            self.open_anchor = self._add(href, "hidden" if look.how else "html")

    def _area(self, attributes: dict[str, str | None], look: TextStyle) -> None:
        anchor = self._add(attributes.get("href") or "", "area")
        if anchor is not None:
            anchor.shown.append(attributes.get("alt") or attributes.get("title") or "")

    def _image(self, attributes: dict[str, str | None], look: TextStyle) -> None:
        if (attributes.get("src") or "").lstrip()[:8].lower().startswith(_REMOTE):
            self.images += 1
        alternative = attributes.get("alt")
        if alternative and not look.how:
            self.out.alternative(alternative)
            if self.open_anchor is not None:
                self.open_anchor.shown.append(alternative)

    def _form(self, attributes: dict[str, str | None], look: TextStyle) -> None:
        if len(self.forms) < MAX_FORMS:
            self.open_form = _OpenForm(attributes.get("action") or "")
            self.forms.append(self.open_form)

    def _input(self, attributes: dict[str, str | None], look: TextStyle) -> None:
        form = self.open_form or self.loose_form
        form.inputs += 1
        if (attributes.get("type") or "").lower() == "password":
            form.asks_password = True
        if attributes.get("formaction"):
            self._add(attributes["formaction"] or "", "html")

    def _field(self, attributes: dict[str, str | None], look: TextStyle) -> None:
        self._input(attributes, look)
        kind = (attributes.get("type") or "").lower()
        words = attributes.get("alt") if kind == "image" else attributes.get("value") or attributes.get("placeholder")
        if words and kind not in _WITHOUT_WORDS:
            self._text(f" {words} ", look)

    def _frame(self, attributes: dict[str, str | None], look: TextStyle) -> None:
        page = inner_page(attributes, self.state)
        if not page:
            self._add(attributes.get("src") or attributes.get("data") or "", "html")
        elif self.depth >= MAX_FRAME_DEPTH or len(self.frames) >= MAX_FRAMES:
            self.state.add("too_deep", "frames in frames")
        else:
            inner = _read(page, self.state, self.depth + 1, self.base)
            self.frames.append(inner)
            self.out.block("\n")
            self.out.text(inner.text, look.how or ("size" if is_closed(attributes) else None), True)
            self.out.block("\n")

    def _list(self, attributes: dict[str, str | None], look: TextStyle) -> None:
        self.markers.append(list_marker(attributes.get("style") or "") or (self.markers[-1] if self.markers else ""))

    def _item(self, attributes: dict[str, str | None], look: TextStyle) -> None:
        if marker := list_marker(attributes.get("style") or "") or (self.markers[-1] if self.markers else ""):
            self._text(marker, look)

    def _labelled(self, attributes: dict[str, str | None], look: TextStyle) -> None:
        if label := attributes.get("label"):  # shown in place of an option's words, and above a group of them
            self._text(f" {label} ", look)

    def _break(self, attributes: dict[str, str | None], look: TextStyle) -> None:
        self.out.space("\n")

    def _cell(self, attributes: dict[str, str | None], look: TextStyle) -> None:
        self.out.space(" ")


def _is_for_screens(sheet: LexborNode) -> bool:
    medium = sheet.attributes.get("media")
    return not medium or applies(f"@media {medium}") != "never"


def _first_of(root: LexborNode | None) -> LexborNode | None:
    """Return what stands first: comments may come before the root element."""
    while root is not None and root.prev is not None:
        root = root.prev
    return root


_ELEMENTS: dict[str, Callable[[_Walker, dict[str, str | None], TextStyle], None]] = {
    "a": _Walker._anchor,
    "area": _Walker._area,
    "br": _Walker._break,
    "button": _Walker._input,
    "embed": _Walker._frame,
    "form": _Walker._form,
    "frame": _Walker._frame,
    "img": _Walker._image,
    "input": _Walker._field,
    "li": _Walker._item,
    "object": _Walker._frame,
    "ol": _Walker._list,
    "optgroup": _Walker._labelled,
    "option": _Walker._labelled,
    "td": _Walker._cell,
    "th": _Walker._cell,
    "ul": _Walker._list,
}
