"""HTML bodies: what a reader sees, what is hidden from him and how, links, forms, scripts, remote images."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from html import unescape
from typing import Literal

from selectolax.lexbor import LexborHTMLParser, LexborNode

from glassdome.core.limits import MAX_FORMS, MAX_LINKS, MAX_SHOWN_CHARS
from glassdome.parse.css import parse_stylesheet
from glassdome.parse.faults import Faults
from glassdome.parse.html_guard import guard
from glassdome.parse.html_text import TextBuilder
from glassdome.parse.look import PAGE, Look, Sheet, look_of
from glassdome.parse.plain import line
from glassdome.parse.url import host_of, normal_url
from glassdome.values.message import Form, HiddenText, Link

__all__ = ["HtmlPage", "read_html"]

_SKIPPED = frozenset(
    [
        "head",
        "script",
        "style",
        "title",
        "template",
        "iframe",
        "noembed",
    ]
)
_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "center",
        "dd",
        "details",
        "dialog",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "html",
        "legend",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "tfoot",
        "thead",
        "tr",
        "ul",
    ]
)
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


def read_html(html: str, faults: Faults) -> HtmlPage:
    """Read one HTML body. What a mail program would run or load is counted, never run or loaded."""
    page = _read(html, faults)
    if not page.text and _MSO in html:  # Outlook shows what others take for a comment
        return _read(_CONDITION.sub("", html), faults)
    return page


def _read(html: str, faults: Faults) -> HtmlPage:
    html, rest = guard(html, faults)
    walker = _Walker(LexborHTMLParser(html))
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

    def __init__(self, tree: LexborHTMLParser) -> None:
        self.tree = tree
        self.sheet: Sheet = {}
        self.base = ""
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
        above: list[tuple[LexborNode, str, Look]] = []
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
                elif tag in _BLOCKS:
                    self._leave(tag)
            elif node.is_comment_node:
                self.out.comment(node.comment_content)
                self._outlook(node.comment_content)
            following = child or node.next
            while following is None and above:
                node, tag, look = above.pop()
                self._leave(tag)
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
        """Put together what was found."""
        text, hidden = self.out.result()
        loose = [self.loose_form] if self.loose_form.asks_password else []
        forms = [
            Form(action=self._url(f.action), asks_password=f.asks_password, inputs=f.inputs) for f in self.forms + loose
        ]
        shown = {anchor.url for anchor in self.anchors}
        only = [anchor for anchor in self.outlook if anchor.url not in shown][: MAX_LINKS - len(self.anchors)]
        links = [self._link(anchor) for anchor in self.anchors + only]
        links += [Link(url=form.action, place="form", host=host_of(form.action)) for form in forms if form.action]
        return HtmlPage(
            text=text or line(" ".join(self.out.alternatives)),
            hidden=hidden,
            links=[link for link in links if link.url],
            forms=forms,
            has_script=self.has_script,
            remote_images=self.images,
        )

    def _read_head(self) -> None:
        sheets = [node.text_content or node.text() for node in self.tree.css("style")]
        if sheets:
            self.sheet = parse_stylesheet("\n".join(sheets))
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
        shown = line(" ".join("".join(anchor.shown).split()))[:MAX_SHOWN_CHARS]
        return Link(url=url, shown=shown, place=anchor.place, host=host_of(url))

    def _text(self, text: str, look: Look) -> None:
        if look.mirrored:
            text = text[::-1]
            self.out.mirrored(text)
        visible = self.out.text(text, look.how, bool(self.pre))
        if self.open_anchor is not None and visible:
            self.open_anchor.shown.append(visible)

    def _enter(self, node: LexborNode, tag: str, look: Look) -> Look | None:
        """Note an element; return the look of its content, or None where the content is not for reading."""
        attributes = node.attributes
        if tag in _SKIPPED:
            if tag == "iframe":
                self._add(attributes.get("src") or "", "html")
            return None
        if tag in _BLOCKS:
            self.out.quote(True) if tag == "blockquote" else self.out.block("\n\n" if tag == "p" else "\n")
        if tag == "pre":
            self.pre += 1
        if attributes:
            for name in attributes:
                if name[:2] == "on":
                    self.has_script = True
            look = look_of(tag, attributes, self.sheet, look)
        act = _ELEMENTS.get(tag)
        if act is not None:
            act(self, attributes, look)
        return look

    def _leave(self, tag: str) -> None:
        if tag == "a":
            self.open_anchor = None
        elif tag in _BLOCKS:
            self.out.quote(False) if tag == "blockquote" else self.out.block("\n\n" if tag == "p" else "\n")
            if tag == "pre":
                self.pre -= 1
            elif tag == "form":
                self.open_form = None

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

    def _anchor(self, attributes: dict[str, str | None], look: Look) -> None:
        href = attributes.get("href") or attributes.get("xlink:href")
        if href:
            self.open_anchor = self._add(href, "hidden" if look.how else "html")

    def _area(self, attributes: dict[str, str | None], look: Look) -> None:
        anchor = self._add(attributes.get("href") or "", "area")
        if anchor is not None:
            anchor.shown.append(attributes.get("alt") or attributes.get("title") or "")

    def _image(self, attributes: dict[str, str | None], look: Look) -> None:
        if (attributes.get("src") or "").lstrip()[:8].lower().startswith(_REMOTE):
            self.images += 1
        alternative = attributes.get("alt")
        if alternative and not look.how:
            self.out.alternative(alternative)
            if self.open_anchor is not None:
                self.open_anchor.shown.append(alternative)

    def _form(self, attributes: dict[str, str | None], look: Look) -> None:
        if len(self.forms) < MAX_FORMS:
            self.open_form = _OpenForm(attributes.get("action") or "")
            self.forms.append(self.open_form)

    def _input(self, attributes: dict[str, str | None], look: Look) -> None:
        form = self.open_form or self.loose_form
        form.inputs += 1
        if (attributes.get("type") or "").lower() == "password":
            form.asks_password = True
        if attributes.get("formaction"):
            self._add(attributes["formaction"] or "", "html")

    def _field(self, attributes: dict[str, str | None], look: Look) -> None:
        self._input(attributes, look)
        kind = (attributes.get("type") or "").lower()
        words = attributes.get("alt") if kind == "image" else attributes.get("value") or attributes.get("placeholder")
        if words and kind not in _WITHOUT_WORDS:
            self._text(f" {words} ", look)

    def _frame(self, attributes: dict[str, str | None], look: Look) -> None:
        self._add(attributes.get("src") or attributes.get("data") or "", "html")

    def _break(self, attributes: dict[str, str | None], look: Look) -> None:
        self.out.space("\n")

    def _cell(self, attributes: dict[str, str | None], look: Look) -> None:
        self.out.space(" ")


def _first_of(root: LexborNode | None) -> LexborNode | None:
    """Return what stands first: comments may come before the root element."""
    while root is not None and root.prev is not None:
        root = root.prev
    return root


_ELEMENTS: dict[str, Callable[[_Walker, dict[str, str | None], Look], None]] = {
    "a": _Walker._anchor,
    "area": _Walker._area,
    "br": _Walker._break,
    "button": _Walker._input,
    "embed": _Walker._frame,
    "form": _Walker._form,
    "frame": _Walker._frame,
    "img": _Walker._image,
    "input": _Walker._field,
    "object": _Walker._frame,
    "td": _Walker._cell,
    "th": _Walker._cell,
}
