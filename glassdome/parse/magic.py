"""Identifies the true type of a file by its first bytes."""

from __future__ import annotations

import re

__all__ = ["true_type"]

#: Offset, bytes, media type; the first match wins.
_SIGNATURES: tuple[tuple[int, bytes, str], ...] = (
    (0, b"%PDF-", "application/pdf"),
    (0, b"PK\x03\x04", "application/zip"),
    (0, b"PK\x05\x06", "application/zip"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF8", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (0, b"BM", "image/bmp"),
    (0, b"II*\x00", "image/tiff"),
    (0, b"MM\x00*", "image/tiff"),
    (0, b"\x00\x00\x01\x00", "image/vnd.microsoft.icon"),
    (0, b"MZ", "application/vnd.microsoft.portable-executable"),
    (0, b"\x7fELF", "application/x-elf"),
    (0, b"\xfe\xed\xfa\xce", "application/x-mach-binary"),
    (0, b"\xfe\xed\xfa\xcf", "application/x-mach-binary"),
    (0, b"\xcf\xfa\xed\xfe", "application/x-mach-binary"),
    (0, b"\xce\xfa\xed\xfe", "application/x-mach-binary"),
    (0, b"\xca\xfe\xba\xbe", "application/java-vm"),
    (0, b"L\x00\x00\x00\x01\x14\x02\x00", "application/x-ms-shortcut"),
    (0, b"{\\rt", "application/rtf"),
    (0, b"\x1f\x8b", "application/gzip"),
    (0, b"BZh", "application/x-bzip2"),
    (0, b"\xfd7zXZ\x00", "application/x-xz"),
    (0, b"\x28\xb5\x2f\xfd", "application/zstd"),
    (0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (0, b"Rar!\x1a\x07", "application/vnd.rar"),
    (0, b"MSCF", "application/vnd.ms-cab-compressed"),
    (0, b"ITSF", "application/vnd.ms-htmlhelp"),
    (0, b"\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d", "application/onenote"),
    (257, b"ustar", "application/x-tar"),
    (0x8001, b"CD001", "application/x-iso9660-image"),
    (0x8001, b"BEA01", "application/x-iso9660-image"),
    (0, b"conectix", "application/x-vhd"),
    (0, b"vhdxfile", "application/x-vhdx"),
    (54, b"FAT1", "application/x-raw-disk-image"),
    (82, b"FAT32", "application/x-raw-disk-image"),
    (3, b"NTFS    ", "application/x-raw-disk-image"),
    (2, b"-lh", "application/x-lzh"),
    (0, b"`\xea", "application/x-arj"),
    (0, b"**ACE**", "application/x-ace"),
    (7, b"**ACE**", "application/x-ace"),
    (0, b"x\x9f>\x22", "application/vnd.ms-tnef"),
    (0, b"!BDN", "application/vnd.ms-outlook-pst"),
    (0, b"OggS", "application/ogg"),
    (0, b"ID3", "audio/mpeg"),
    (8, b"WAVE", "audio/wav"),
    (4, b"ftypavif", "image/avif"),
    (4, b"ftypavis", "image/avif"),
    (4, b"ftypheic", "image/heic"),
    (4, b"ftypheix", "image/heic"),
    (4, b"ftyphevc", "image/heic"),
    (4, b"ftypmif1", "image/heic"),
    (4, b"ftyp", "video/mp4"),
    (0, b"\x00\x00\x00\x0cjP  \r\n\x87\n", "image/jp2"),
    (0, b"wOFF", "font/woff"),
    (0, b"%!PS", "application/postscript"),
    (0, b"BEGIN:VCALENDAR", "text/calendar"),
    (0, b"BEGIN:VCARD", "text/vcard"),
    (0, b"-----BEGIN PGP ", "application/pgp"),
    (0, b"#!", "text/x-shellscript"),
)
_BY_FIRST: dict[int, list[tuple[int, bytes, str]]] = {
    first: [s for s in _SIGNATURES if s[0] == 0 and s[1][0] == first] for first in {s[1][0] for s in _SIGNATURES}
}
_LATER = [signature for signature in _SIGNATURES if signature[0]]
_MARKUP = re.compile(
    rb"\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!--(?:[^-]|-(?!->)){0,500}-->\s*)*<(!doctype\s+(?:html|svg)|html|head|body|script|svg|iframe|meta|form|title"
    rb"|table|div|style)\b",
    re.IGNORECASE | re.DOTALL,
)
_BOM = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_TEXT_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r\x0c\x1b"))
#: Bytes that tell text from other things.
_HEAD = 4096


def true_type(data: bytes) -> str:
    """Return the media type the content shows; `text/plain` for text, `application/octet-stream` when unknown."""
    if not data:
        return ""
    for offset, mark, kind in _BY_FIRST.get(data[0], []) + _LATER:
        if data.startswith(mark, offset):
            return kind
    return _text_type(data[:_HEAD])


def _text_type(head: bytes) -> str:
    for bom in _BOM:
        head = head.removeprefix(bom)
    markup = _MARKUP.match(head.replace(b"\0", b"") if head.count(0) else head)
    if markup:
        return "image/svg+xml" if b"svg" in markup.group(1).lower() else "text/html"
    if head.lstrip()[:5].lower() == b"<?xml":
        return "text/xml"
    if len(head.translate(None, _TEXT_CONTROLS)) == len(head):
        return "text/plain"
    return "application/octet-stream"
