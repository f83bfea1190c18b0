"""Words, links, forms and scripts of an HTML page for readers of files, with pages that assemble a file told."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from glassdome.core.limits import MAX_HTML_CHARS
from glassdome.parse.charset import decode
from glassdome.parse.html import read_html
from glassdome.parse.state import ParseState
from glassdome.values.document import FileLink, Passage

__all__ = ["SMUGGLING", "PageText", "page_of"]

#: The words by which a page that assembles a file is known; `where` of the passage is `script`.
SMUGGLING: Final = "assembles a file"
_CHARSET: Final = re.compile(rb"charset\s{0,5}=\s{0,5}[\"']?\s{0,5}([A-Za-z0-9_-]{2,40})", re.IGNORECASE)
#: Data turned into bytes, and bytes turned into a file that the browser saves.
_MAKES: Final = re.compile(
    rb"\batob\b|fromCharCode|new\s+Blob|Uint8Array|\bFile\s*\(\s*\[|base64ToArrayBuffer|application/octet-stream"
    rb"|data:application/(?:zip|x-zip|octet|x-iso|x-ms|vnd)", re.IGNORECASE,
)  # fmt: skip
_SAVES: Final = re.compile(
    rb"msSaveOrOpenBlob|msSaveBlob|navigator\s*\[|createObjectURL|\.download\s*=|setAttribute\s*\(\s*[\"']download"
    rb"|[\"']download[\"']\s*\]|<a\b[^<>]{0,2000}\bdownload\b|saveAs\s*\(", re.IGNORECASE,
)  # fmt: skip
_DATA_DOWNLOAD: Final = re.compile(
    rb"<a\b(?=[^<>]{0,5000}?\bdownload\b)[^<>]{0,5000}?\bhref\s{0,5}=\s{0,5}[\"']?\s{0,5}data:(?!image/)", re.IGNORECASE
)
_NAME: Final = re.compile(
    rb"(?:\.download\s*=\s*|download\s*=\s*|[\"']download[\"']\s*,\s*)[\"']([^\"'<>]{1,120})[\"']", re.IGNORECASE
)
_MOST: Final = 4 * MAX_HTML_CHARS
#: Bytes of a page in which scripts are searched.
_SEARCHED: Final = 4_000_000


@dataclass(slots=True)
class PageText:
    """The content of one page."""

    text: str = ""
    hidden: list[str] = field(default_factory=list)
    links: list[FileLink] = field(default_factory=list)
    is_active: bool = False
    asks_password: bool = False
    smuggles: bool = False
    file_name: str = ""

    def passages(self) -> list[Passage]:
        """Return its words; a page that assembles a file says so in a passage of its own."""
        found = [Passage(text=self.text)] + [Passage(text=text, seen=False) for text in self.hidden]
        if self.smuggles:
            found.append(Passage(text=f"{SMUGGLING}: {self.file_name}".rstrip(": "), where="script", seen=False))
        return [item for item in found if item.text]


def page_of(data: bytes, label: str = "") -> PageText:
    """Read a page; nothing in it is run or loaded."""
    state = ParseState()
    named = _CHARSET.search(data[:4096])
    html = decode(data[:_MOST], label or (named[1].decode("ascii") if named else ""), state)[:MAX_HTML_CHARS]
    page = read_html(html, state)
    searched = data[:_SEARCHED].replace(b"\0", b"")
    smuggles = bool(_DATA_DOWNLOAD.search(searched)) or (
        page.has_script and bool(_MAKES.search(searched)) and bool(_SAVES.search(searched))
    )
    name = _NAME.search(searched) if smuggles else None
    return PageText(
        text=page.text,
        hidden=[item.text for item in page.hidden],
        links=[FileLink(url=link.url, shown=link.shown) for link in page.links],
        is_active=page.has_script or smuggles,
        asks_password=any(form.asks_password for form in page.forms),
        smuggles=smuggles,
        file_name=name[1].decode("utf-8", "replace") if name else "",
    )
