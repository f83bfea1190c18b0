"""PDF files written object by object, for what no program writes on purpose."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

__all__ = ["page_of", "pdf_of", "stream_of"]

_FONT = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"


def stream_of(content: bytes, entries: str = "", *, packed: bool = False) -> bytes:
    """Write one stream object."""
    body = zlib.compress(content) if packed else content
    filters = "/Filter /FlateDecode " if packed else ""
    return f"<< {entries} {filters}/Length {len(body)} >>\nstream\n".encode() + body + b"\nendstream"


def page_of(content: str, extra: str = "", size: str = "0 0 595 842") -> tuple[str, bytes]:
    """Write the entries of one page and its content stream."""
    return f"/MediaBox [{size}] {extra}", stream_of(content.encode("cp1252"))


def pdf_of(pages: Sequence[tuple[str, bytes]], objects: Sequence[bytes | str] = (), catalog: str = "") -> bytes:
    """Write a PDF; `objects` are numbered from 4 on, after catalog, pages and the font."""
    bodies: list[bytes] = [b"", b"", _FONT.encode()]
    bodies += [item.encode() if isinstance(item, str) else item for item in objects]
    kids = []
    for entries, content in pages:
        bodies.append(content)
        font = "/Resources << /Font << /F1 3 0 R >> >>"
        bodies.append(f"<< /Type /Page /Parent 2 0 R {font} /Contents {len(bodies)} 0 R {entries} >>".encode())
        kids.append(f"{len(bodies)} 0 R")
    bodies[0] = f"<< /Type /Catalog /Pages 2 0 R {catalog} >>".encode()
    bodies[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>".encode()
    return _numbered(bodies)


def _numbered(bodies: Sequence[bytes]) -> bytes:
    out, places = bytearray(b"%PDF-1.7\n"), []
    for number, body in enumerate(bodies, 1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(bodies) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    return bytes(out) + b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(bodies) + 1, start)
