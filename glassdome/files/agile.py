"""Opens encrypted office packages with a password that stands in the mail (MS-OFFCRYPTO 2.3.4: agile and standard)."""

from __future__ import annotations

import base64
import hashlib
import struct
from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC, ECB

from glassdome.files.xml import Sink, read_xml

__all__ = ["open_package"]

#: Passwords tried, and rounds of the hash: a try costs a tenth of a second.
_MOST_PASSWORDS: Final = 5
_MOST_ROUNDS: Final = 200_000
_STANDARD_ROUNDS: Final = 50_000
_SEGMENT: Final = 4096
_HASHES: Final = {"SHA1": "sha1", "SHA256": "sha256", "SHA384": "sha384", "SHA512": "sha512"}
_VERIFIER_INPUT: Final = bytes.fromhex("fea7d2763b4b9e79")
_VERIFIER_VALUE: Final = bytes.fromhex("d7aa0f6d3061344e")
_KEY_VALUE: Final = bytes.fromhex("146e0be7abacd0d6")


def open_package(info: bytes, package: bytes, passwords: tuple[str, ...]) -> bytes:
    """Decrypt a package; empty where no password fits."""
    if len(info) < 8 or len(package) < 8 or not passwords:
        return b""
    major, minor = struct.unpack_from("<HH", info)
    opener = _agile if (major, minor) == (4, 4) else _standard if minor == 2 and major in (2, 3, 4) else None
    size = struct.unpack_from("<Q", package)[0]
    for password in passwords[:_MOST_PASSWORDS] if opener else ():
        if opener is not None and (data := opener(info, package[8:], password)):
            return data[:size]
    return b""


class _Info(Sink):
    def __init__(self) -> None:
        self.data: dict[str, str] = {}
        self.key: dict[str, str] = {}

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "keyData":
            self.data = attributes
        elif tag == "encryptedKey":
            self.key = attributes


def _agile(info: bytes, package: bytes, password: str) -> bytes:
    sink = _Info()
    if not read_xml(info[8:], sink) or int(sink.key.get("spinCount", "-1")) not in range(_MOST_ROUNDS + 1):
        return b""
    name, size = _HASHES[sink.key["hashAlgorithm"]], int(sink.key["keyBits"]) // 8
    salt = base64.b64decode(sink.key["saltValue"])
    hashed = _rounds(name, salt, password, int(sink.key["spinCount"]))
    parts = {
        block: _cbc(_fit(hashlib.new(name, hashed + block).digest(), size), salt, base64.b64decode(sink.key[attribute]))
        for block, attribute in (
            (_VERIFIER_INPUT, "encryptedVerifierHashInput"),
            (_VERIFIER_VALUE, "encryptedVerifierHashValue"),
            (_KEY_VALUE, "encryptedKeyValue"),
        )
    }
    digest = hashlib.new(name, parts[_VERIFIER_INPUT]).digest()
    if not parts[_VERIFIER_VALUE].startswith(digest):
        return b""
    return _segments(sink.data, parts[_KEY_VALUE][:size], package)


def _segments(data: dict[str, str], key: bytes, package: bytes) -> bytes:
    name, salt = _HASHES[data["hashAlgorithm"]], base64.b64decode(data["saltValue"])
    out = bytearray()
    for number, at in enumerate(range(0, len(package), _SEGMENT)):
        vector = _fit(hashlib.new(name, salt + struct.pack("<I", number)).digest(), 16)
        out += _cbc(key, vector, package[at : at + _SEGMENT])
    return bytes(out)


def _standard(info: bytes, package: bytes, password: str) -> bytes:
    size = struct.unpack_from("<I", info, 8)[0]
    bits = struct.unpack_from("<I", info, 12 + 16)[0]
    at = 12 + size + 4
    salt, verifier, digest = info[at : at + 16], info[at + 16 : at + 32], info[at + 36 : at + 68]
    hashed = hashlib.sha1(_rounds("sha1", salt, password, _STANDARD_ROUNDS) + bytes(4)).digest()  # noqa: S324
    first = bytes(byte ^ 0x36 for byte in hashed.ljust(64, b"\0"))
    second = bytes(byte ^ 0x5C for byte in hashed.ljust(64, b"\0"))
    key = (hashlib.sha1(first).digest() + hashlib.sha1(second).digest())[: bits // 8]  # noqa: S324
    if not _ecb(key, digest).startswith(hashlib.sha1(_ecb(key, verifier)).digest()):  # noqa: S324
        return b""
    return _ecb(key, package)


def _rounds(name: str, salt: bytes, password: str, count: int) -> bytes:
    hashed = hashlib.new(name, salt + password.encode("utf-16-le")).digest()
    for number in range(count):
        hashed = hashlib.new(name, struct.pack("<I", number) + hashed).digest()
    return hashed


def _fit(data: bytes, size: int) -> bytes:
    return data[:size].ljust(size, b"\x36")


def _cbc(key: bytes, vector: bytes, data: bytes) -> bytes:
    cipher = Cipher(AES(key), CBC(_fit(vector, 16))).decryptor()
    return cipher.update(data[: len(data) // 16 * 16])


def _ecb(key: bytes, data: bytes) -> bytes:
    return Cipher(AES(key), ECB()).decryptor().update(data[: len(data) // 16 * 16])  # noqa: S305
