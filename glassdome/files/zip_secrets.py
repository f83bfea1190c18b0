"""Opens encrypted members of zip files: WinZip's AES (AE-1, AE-2) and the old cipher of PKZIP, with passwords to try."""

from __future__ import annotations

import hashlib
import hmac
import struct
from collections.abc import Sequence
from typing import Final, NamedTuple

__all__ = ["AES_METHOD", "AesField", "aes_field", "open_aes", "open_old"]

#: The method that stands in place of the real one where a member is encrypted with AES.
AES_METHOD: Final = 99
_FIELD: Final = 0x9901
_ROUNDS: Final = 1000
_CODE_BYTES: Final = 10
#: Bytes of one member that the old cipher is undone for; it runs at about 1 MB/s here.
_MOST_OLD: Final = 4 * 1024 * 1024
_HEADER: Final = 12


class AesField(NamedTuple):
    """The extra field of an AES member: the strength, 1 to 3, and the real method."""

    strength: int
    method: int


def aes_field(extra: bytes) -> AesField | None:
    """Find the field in the extra fields of a member."""
    at = 0
    while at + 4 <= len(extra):
        kind, size = struct.unpack_from("<HH", extra, at)
        if kind == _FIELD and size >= 7 and at + 11 <= len(extra):
            _, _, strength, method = struct.unpack_from("<HHBH", extra, at + 4)
            return AesField(strength, method) if 1 <= strength <= 3 else None
        at += 4 + size
    return None


def open_aes(data: bytes, strength: int, passwords: Sequence[str]) -> bytes | None:
    """Return the packed bytes, None where no password fits."""
    key_bytes = 8 + 8 * strength
    salt_bytes = key_bytes // 2
    salt, check = data[:salt_bytes], data[salt_bytes : salt_bytes + 2]
    body, code = data[salt_bytes + 2 : -_CODE_BYTES], data[-_CODE_BYTES:]
    for password in passwords:
        for secret in _spellings(password):
            keys = hashlib.pbkdf2_hmac("sha1", secret, salt, _ROUNDS, 2 * key_bytes + 2)
            if keys[-2:] != check:
                continue
            if hmac.new(keys[key_bytes : 2 * key_bytes], body, "sha1").digest()[:_CODE_BYTES] == code:
                return _aes_counted(keys[:key_bytes], body)
    return None


def _spellings(password: str) -> tuple[bytes, ...]:
    """Return the bytes of a password: programs differ in the charset."""
    text = password.encode("utf-8", "replace")
    return (text,) if password.isascii() else (text, password.encode("cp1252", "replace"))


def _aes_counted(key: bytes, body: bytes) -> bytes:
    """Undo AES in counter mode, the counter little-endian from 1, unlike that of NIST."""
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    blocks = (len(body) + 15) // 16
    counters = b"".join(struct.pack("<QQ", number, 0) for number in range(1, blocks + 1))
    encryptor = Cipher(algorithms.AES(key), modes.ECB()).encryptor()  # noqa: S305 - the mode is built on top of it
    stream = encryptor.update(counters)[: len(body)]
    return (int.from_bytes(body, "big") ^ int.from_bytes(stream, "big")).to_bytes(len(body), "big")


def open_old(data: bytes, check: int, passwords: Sequence[str]) -> list[bytes]:
    """Return what the passwords make of a member, of those whose check byte fits; one in 256 fits by chance."""
    found: list[bytes] = []
    for password in passwords if len(data) <= _MOST_OLD else ():
        for secret in _spellings(password):
            keys = _keys_of(secret)
            header, keys = _decrypted(data[:_HEADER], keys)
            if header[-1:] == bytes([check & 0xFF]):
                found.append(_decrypted(data[_HEADER:], keys)[0])
    return found


def _crc_table() -> tuple[int, ...]:
    found = []
    for byte in range(256):
        value = byte
        for _ in range(8):
            value = (value >> 1) ^ 0xEDB88320 if value & 1 else value >> 1
        found.append(value)
    return tuple(found)


_CRC: Final = _crc_table()


def _keys_of(secret: bytes) -> tuple[int, int, int]:
    keys = (0x12345678, 0x23456789, 0x34567890)
    for byte in secret:
        keys = _next(keys, byte)
    return keys


def _next(keys: tuple[int, int, int], byte: int) -> tuple[int, int, int]:
    first, second, third = keys
    first = (first >> 8) ^ _CRC[(first ^ byte) & 0xFF]
    second = ((second + (first & 0xFF)) * 134775813 + 1) & 0xFFFFFFFF
    return first, second, (third >> 8) ^ _CRC[(third ^ (second >> 24)) & 0xFF]


def _decrypted(data: bytes, keys: tuple[int, int, int]) -> tuple[bytes, tuple[int, int, int]]:
    first, second, third = keys
    table = _CRC
    out = bytearray()
    for byte in data:
        mask = third | 2
        byte ^= ((mask * (mask ^ 1)) >> 8) & 0xFF
        out.append(byte)
        first = (first >> 8) ^ table[(first ^ byte) & 0xFF]
        second = ((second + (first & 0xFF)) * 134775813 + 1) & 0xFFFFFFFF
        third = (third >> 8) ^ table[(third ^ (second >> 24)) & 0xFF]
    return bytes(out), (first, second, third)
