"""Folder names on the wire: modified UTF-7 (RFC 3501 5.1.3), and whatever else servers hold."""

from __future__ import annotations

import base64
import binascii
import re

__all__ = ["decode_folder", "encode_folder", "readable"]

_SHIFTED = re.compile(r"&([A-Za-z0-9+,]*)-")
_NOT_PRINTABLE = re.compile(r"[^\x20-\x7e]+")


def encode_folder(name: str) -> str:
    """Return the name as printable ASCII."""
    return _NOT_PRINTABLE.sub(_shift, name.replace("&", "&-"))


def decode_folder(name: str) -> str:
    """Return the readable name; invalid modified UTF-7 stays as it is, as old servers store such names."""
    return _SHIFTED.sub(_unshift, name)


def readable(wire: str) -> str:
    """Return the name for people and databases: bytes that are no UTF-8 are read as Latin-1."""
    try:
        wire.encode()
    except UnicodeEncodeError:
        wire = wire.encode("utf-8", "surrogateescape").decode("latin-1")
    return decode_folder(wire)


def _shift(run: re.Match[str]) -> str:
    packed = base64.b64encode(run[0].encode("utf-16-be", "surrogatepass")).rstrip(b"=").decode()
    return f"&{packed.replace('/', ',')}-"


def _unshift(run: re.Match[str]) -> str:
    packed = run[1].replace(",", "/")
    if not packed:
        return "&"
    try:
        return base64.b64decode(packed + "=" * (-len(packed) % 4)).decode("utf-16-be")
    except (binascii.Error, UnicodeDecodeError):
        return run[0]
