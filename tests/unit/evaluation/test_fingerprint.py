"""Kept results belong to the program that made them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import glassdome
from glassdome_lab.evaluation import fingerprint as module


def test_it_changes_with_code_and_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A changed weight is another program; compiled files and rooms that judge nothing are not."""
    root = tmp_path / "glassdome"
    for part in ("verdict", "signals"):
        shutil.copytree(Path(glassdome.__file__).parent / part, root / part)
    (root / "__init__.py").touch()
    monkeypatch.setattr(glassdome, "__file__", str(root / "__init__.py"))
    monkeypatch.setattr(module, "fingerprint", module.fingerprint.__wrapped__)
    before = module.fingerprint()
    (root / "verdict" / "__pycache__").mkdir(exist_ok=True)
    (root / "verdict" / "__pycache__" / "new.pyc").write_bytes(b"x")
    (root / "web").mkdir()
    (root / "web" / "page.py").touch()
    assert module.fingerprint() == before
    weights = root / "verdict" / "weights.toml"
    weights.write_text(weights.read_text() + "\n# another\n")
    assert module.fingerprint() != before
