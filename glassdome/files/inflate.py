"""Unpacks the compression methods of archives piece by piece, so that a bomb is stopped and never held in memory."""

from __future__ import annotations

import bz2
import lzma
import struct
import zlib
from collections.abc import Callable, Iterator
from typing import Final, Protocol

from glassdome.core.limits import MAX_XZ_MEMORY_BYTES

__all__ = ["METHODS", "inflate_file", "inflate_member"]

_PIECE: Final = 65_536
#: Bytes of one piece of output.
_OUT: Final = 1024 * 1024
#: Streams one after the other in one packed file.
_MOST_STREAMS: Final = 100


class _Decompressor(Protocol):
    """The interface that bz2, lzma and zstd share."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int = -1) -> bytes: ...


def _deflated(data: memoryview, bits: int = -15) -> Iterator[bytes]:
    for _ in range(_MOST_STREAMS):
        machine = zlib.decompressobj(bits)
        for at in range(0, len(data), _PIECE):
            piece: bytes | memoryview = data[at : at + _PIECE]
            while piece and not machine.eof:
                out = machine.decompress(piece, _OUT)
                piece = machine.unconsumed_tail
                yield out
            if machine.eof:
                used = at + min(_PIECE, len(data) - at) - len(machine.unused_data)
                break
        else:
            yield machine.flush(_OUT)
            if not machine.eof:
                raise EOFError
            return
        data = data[used:]
        if bits < 0 or bytes(data[:2]) != b"\x1f\x8b":
            return


def _streamed(data: memoryview, make: Callable[[], _Decompressor]) -> Iterator[bytes]:
    """Unpack streams that follow each other, as `cat a.xz b.xz` makes them."""
    machine, streams = make(), 1
    at = 0
    piece = b""
    while True:
        if machine.eof:
            rest = machine.unused_data or bytes(data[at : at + _PIECE])
            at += 0 if machine.unused_data else len(rest)
            rest = rest.lstrip(b"\0")
            if not rest or streams >= _MOST_STREAMS:
                return
            machine, streams, piece = make(), streams + 1, rest
        elif machine.needs_input:
            piece = bytes(data[at : at + _PIECE])
            at += len(piece)
            if not piece:
                raise EOFError
        yield machine.decompress(piece, _OUT)
        piece = b""


def _bunzip2(data: memoryview) -> Iterator[bytes]:
    return _streamed(data, bz2.BZ2Decompressor)


def _unxz(data: memoryview) -> Iterator[bytes]:
    return _streamed(data, lambda: lzma.LZMADecompressor(memlimit=MAX_XZ_MEMORY_BYTES))


def _unzstd(data: memoryview) -> Iterator[bytes]:
    from backports.zstd import DecompressionParameter, ZstdDecompressor, ZstdError

    options = {int(DecompressionParameter.window_log_max): 26}  # 64 MiB
    try:
        yield from _streamed(data, lambda: ZstdDecompressor(options=options))
    except ZstdError as exc:
        raise ValueError("damaged zstd") from exc


def _inflate64(data: memoryview) -> Iterator[bytes]:
    from inflate64 import Inflater

    machine = Inflater()
    for at in range(0, len(data), 4096):
        yield machine.inflate(bytes(data[at : at + 4096]))


def _zip_lzma(data: memoryview) -> Iterator[bytes]:
    """Unpack method 14 of zip: a version, the size of the properties, and the properties in front of raw LZMA."""
    _, size = struct.unpack_from("<HH", data)
    first, dictionary = struct.unpack_from("<BI", data, 4)
    if dictionary > MAX_XZ_MEMORY_BYTES or first >= 225:
        raise ValueError("too large a dictionary")
    rest, lc = divmod(first, 9)
    pb, lp = divmod(rest, 5)
    options = [{"id": lzma.FILTER_LZMA1, "dict_size": max(4096, dictionary), "lc": lc, "lp": lp, "pb": pb}]
    machine = lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=options)
    body = bytes(data[4 + size :])
    while not machine.eof:
        out = machine.decompress(body, _OUT)
        body = b""
        if not out and machine.needs_input:
            return
        yield out


def _stored(data: memoryview) -> Iterator[bytes]:
    for at in range(0, len(data), _OUT):
        yield bytes(data[at : at + _OUT])


#: Methods of zip (APPNOTE 4.4.5).
METHODS: Final[dict[int, Callable[[memoryview], Iterator[bytes]]]] = {
    0: _stored,
    8: _deflated,
    9: _inflate64,
    12: _bunzip2,
    14: _zip_lzma,
    93: _unzstd,
    95: _unxz,
}
_FILES: Final[dict[str, Callable[[memoryview], Iterator[bytes]]]] = {
    "application/gzip": lambda data: _deflated(data, 31),
    "application/x-bzip2": _bunzip2,
    "application/x-xz": _unxz,
    "application/x-lzma": _unxz,
    "application/zstd": _unzstd,
}


def inflate_member(method: int, data: bytes | memoryview) -> Iterator[bytes]:
    """Yield what one member of a zip unpacks to; raises KeyError for an unknown method."""
    return METHODS[method](memoryview(data))


def inflate_file(kind: str, data: bytes) -> Iterator[bytes]:
    """Yield what a file of one packed file unpacks to, by its media type."""
    return _FILES[kind](memoryview(data))
