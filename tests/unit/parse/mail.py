"""Builds the small mails of these tests."""

from __future__ import annotations

from glassdome.parse import parse_message
from glassdome.values.message import Message

__all__ = ["mail", "parse_html", "parse_text"]

HEAD = "From: Ann <ann@example.org>\nTo: Bob <bob@example.net>\nSubject: Test\nMIME-Version: 1.0\n"


def mail(head: str = "", body: str | bytes = "Hello\n") -> bytes:
    """A message with the usual head, more fields, and a body."""
    raw = body.encode() if isinstance(body, str) else body
    return (HEAD + head).encode() + b"\n" + raw


def parse_text(body: str | bytes, charset: str = "utf-8") -> Message:
    """Parse a text/plain message."""
    return parse_message(mail(f"Content-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: 8bit\n", body))


def parse_html(body: str) -> Message:
    """Parse a text/html message."""
    return parse_message(mail("Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: 8bit\n", body))
