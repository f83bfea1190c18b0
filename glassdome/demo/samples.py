"""The sample mails: hand-written, on reserved domains (RFC 2606), with what each is meant to show."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files

__all__ = ["AUTHSERV_ID", "DOMAIN", "MAILBOX", "DemoMail", "samples"]

DOMAIN = "demo.example"
MAILBOX = f"anna@{DOMAIN}"
#: The authserv-id in the samples' Authentication-Results: the demo's own server.
AUTHSERV_ID = "mx.demo.example"


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoMail:
    """One sample mail; `raw` has CRLF line ends, as mail has on the wire."""

    name: str
    raw: bytes


def samples() -> Iterator[DemoMail]:
    """Yield the sample mails in the order of their names."""
    folder = files("glassdome.demo") / "mail"
    for path in sorted(folder.iterdir(), key=lambda p: p.name):
        if path.name.endswith(".eml"):
            raw = path.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
            yield DemoMail(name=path.name.removesuffix(".eml"), raw=raw)
