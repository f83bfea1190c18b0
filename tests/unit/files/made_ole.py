"""Writes OLE compound files (MS-CFB) for tests: storages, streams, and the small ones among them."""

from __future__ import annotations

import struct

SECTOR, MINI, CUTOFF = 512, 64, 4096
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


class _Node:
    def __init__(self, name: str, kind: int) -> None:
        self.name, self.kind = name, kind
        self.data = b""
        self.children: list[_Node] = []
        self.start, self.size, self.number = _END, 0, 0


def compound(streams: dict[str, bytes]) -> bytes:
    """Write a compound file with these streams; a slash in a name is a storage."""
    root = _Node("Root Entry", 5)
    for path, data in streams.items():
        _add(root, path.split("/"), data)
    nodes = _flat(root)
    sectors: list[bytes] = []
    fat: list[int] = []
    mini, minifat = bytearray(), []
    for node in [node for node in nodes if node.kind == 2]:
        node.size = len(node.data)
        if node.size >= CUTOFF:
            node.start = _chain(node.data, sectors, fat)
        elif node.size:
            node.start = len(mini) // MINI
            count = -(-node.size // MINI)
            minifat += [*range(node.start + 1, node.start + count), _END]
            mini += node.data.ljust(count * MINI, b"\0")
    root.size, root.start = len(mini), _chain(bytes(mini), sectors, fat)
    table = struct.pack(f"<{len(minifat)}I", *minifat)
    mini_start = _chain(table.ljust(-(-len(table) // SECTOR) * SECTOR, b"\xff"), sectors, fat)
    directory = b"".join(_entry(node) for node in nodes)
    start = _chain(directory.ljust(-(-len(directory) // SECTOR) * SECTOR, b"\0"), sectors, fat)
    return _file(sectors, fat, start, mini_start, -(-len(table) // SECTOR))


def _add(root: _Node, path: list[str], data: bytes) -> None:
    for name in path[:-1]:
        found = next((node for node in root.children if node.name == name), None)
        if found is None:
            found = _Node(name, 1)
            root.children.append(found)
        root = found
    leaf = _Node(path[-1], 2)
    leaf.data = data
    root.children.append(leaf)


def _flat(root: _Node) -> list[_Node]:
    nodes = [root]
    for node in nodes:
        nodes += node.children
    for number, node in enumerate(nodes):
        node.number = number
    return nodes


def _chain(data: bytes, sectors: list[bytes], fat: list[int]) -> int:
    if not data:
        return _END
    first, count = len(sectors), -(-len(data) // SECTOR)
    sectors += [data[at : at + SECTOR].ljust(SECTOR, b"\0") for at in range(0, len(data), SECTOR)]
    fat += [*range(first + 1, first + count), _END]
    return first


def _entry(node: _Node) -> bytes:
    name = node.name.encode("utf-16-le")[:62]
    child = node.children[0].number if node.children else _FREE
    following = getattr(node, "following", _FREE)
    for left, right in zip(node.children, node.children[1:], strict=False):
        left.following = right.number  # type: ignore[attr-defined]
    head = name.ljust(64, b"\0") + struct.pack("<HBB", len(name) + 2, node.kind, 1)
    return head + struct.pack("<III", _FREE, following, child) + bytes(36) + struct.pack("<IQ", node.start, node.size)


def _file(sectors: list[bytes], fat: list[int], directory: int, mini: int, mini_count: int) -> bytes:
    count = 1
    while (len(fat) + count) * 4 > count * SECTOR:
        count += 1
    first = len(fat)
    table = [*fat, *[_FAT] * count]
    raw = struct.pack(f"<{len(table)}I", *table).ljust(count * SECTOR, b"\xff")
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<IIIIIIIII", 0, count, directory, 0, CUTOFF, mini, mini_count, _END, 0)
    places = [*range(first, first + count)]
    return head + struct.pack(f"<{109}I", *places, *[_FREE] * (109 - count)) + b"".join(sectors) + raw
