"""Disk images by programs that people burn and mount them with."""

from __future__ import annotations

import gzip
import struct
import time

import pytest

from tests.unit.files.made import DATA, read_bytes

NAMES = ("joliet.iso", "udf.iso", "plain.iso", "fat12.img", "mbr.img", "dyn.vhd", "fixed.vhd")


def _image(name: str) -> bytes:
    return gzip.decompress((DATA / "disks" / f"{name}.gz").read_bytes())


@pytest.mark.parametrize("name", NAMES)
def test_files_of_an_image_are_read(name: str) -> None:
    """Long names, folders and files of every kind of image are found, and the files are read."""
    found = read_bytes(_image(name), name)

    assert found.read == "yes"
    assert sorted(found.members) == ["A long name of an invoice.txt", "folder/page.html"]
    assert {fact.value for fact in found.facts} == set(found.members)
    assert "discword 4711" in "".join(item.document.text for item in found.files)
    assert found.is_active


def test_another_file_system_is_told() -> None:
    """A disk with a file system that has no reader is unsupported, not empty."""
    ntfs = b"\xeb\x52\x90NTFS    " + bytes(4096)

    assert read_bytes(ntfs, "disk.img").read == "unsupported"


@pytest.mark.parametrize("name", ["joliet.iso", "udf.iso", "fat12.img"])
def test_truncated_images_never_raise(name: str) -> None:
    """An image that ends early is read as far as it goes."""
    data = _image(name)

    assert {read_bytes(data[:size], name).read for size in range(600, len(data), 20_011)} <= {
        "yes",
        "damaged",
        "unsupported",
    }


def test_folders_in_a_ring_end() -> None:
    """A folder that holds itself is read once."""
    data = bytearray(_image("joliet.iso"))
    begin = time.perf_counter()
    at = data.find("folder".encode("utf-16-be"))
    root = next(s for s in range(16, 40) if data[s * 2048] == 2)
    place = struct.unpack_from("<I", data, root * 2048 + 158)[0]
    struct.pack_into("<I", data, at - 33 + 2, place)

    assert len(read_bytes(bytes(data), "x.iso").members) < 5
    assert time.perf_counter() - begin < 1
