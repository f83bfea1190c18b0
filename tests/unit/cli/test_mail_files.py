"""Messages are found in every form people keep them in, and none is passed over in silence."""

import io
import mailbox
from pathlib import Path

import pytest

from glassdome.cli.mail_files import MailFile, count_hint, find_mail
from glassdome.core.errors import InputError

ONE = b"From: a@example.org\nSubject: one\n\nbody\n"
TWO = b"From: b@example.org\nSubject: two\n\nbody\n\nFrom here on it is text\n"


def _read(*paths: str, stdin: bytes = b"") -> list[MailFile]:
    return list(find_mail(paths, stdin=io.BytesIO(stdin)))


def test_a_single_file(tmp_path: Path) -> None:
    """An .eml file is one message."""
    path = tmp_path / "one.eml"
    path.write_bytes(ONE)

    assert [MailFile(name=str(path), raw=ONE)] == _read(str(path))
    assert count_hint([str(path)]) == 1


def test_an_mbox(tmp_path: Path) -> None:
    """Each message of an mbox is numbered; a line that begins with From inside a body splits nothing."""
    path = tmp_path / "box"
    box = mailbox.mbox(path)
    for raw in (ONE, TWO):
        box.add(raw)
    box.close()

    found = _read(str(path))

    assert [f"{path}#1", f"{path}#2"] == [f.name for f in found]
    assert b"Subject: two" in found[1].raw
    assert count_hint([str(path)]) is None


def test_a_maildir(tmp_path: Path) -> None:
    """Both cur and new are read, and tmp is not."""
    maildir = mailbox.Maildir(tmp_path / "md", create=True)
    maildir.add(ONE)
    (tmp_path / "md/cur/2:2,S").write_bytes(TWO)
    (tmp_path / "md/tmp/3").write_bytes(TWO)

    assert {b"one", b"two"} == {f.raw.split(b"Subject: ")[1][:3] for f in _read(str(tmp_path / "md"))}


def test_a_folder_of_files(tmp_path: Path) -> None:
    """Every file below a folder is a message, whatever its name."""
    (tmp_path / "deep").mkdir()
    (tmp_path / "a.eml").write_bytes(ONE)
    (tmp_path / "deep/b").write_bytes(TWO)

    assert [ONE, TWO] == [f.raw for f in _read(str(tmp_path))]
    assert count_hint([str(tmp_path)]) == 2


def test_standard_input() -> None:
    """`-` is one message, or an mbox."""
    assert [MailFile(name="-", raw=ONE)] == _read("-", stdin=ONE)

    both = b"From a Mon Nov 16 09:00:00 2026\n" + ONE + b"\nFrom b Mon Nov 16 09:00:00 2026\n" + TWO
    assert ["-#1", "-#2"] == [f.name for f in _read("-", stdin=both)]


def test_a_missing_path_is_named() -> None:
    """A path that is not there is an error that names it."""
    with pytest.raises(InputError, match="'nowhere'"):
        _read("nowhere")
