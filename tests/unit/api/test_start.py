"""Tests of the start of the application: what it reads from files, it reads off the event loop."""

from __future__ import annotations

import pytest

from glassdome.core.phrasebook import Phrasebook
from glassdome.core.translate import LANGUAGES, catalogue
from glassdome.shapes import said

from .bench import Bench


async def test_the_sentences_are_read_in_a_thread(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that has read nothing yet makes its application and starts it; both would fail on a blocking read."""
    fresh = Phrasebook(said.AREA, "shapes/sentences.txt")
    monkeypatch.setattr(said, "_BOOK", fresh)
    catalogue.cache_clear()

    again = Bench(bench.database, bench.settings)
    async with again.app.router.lifespan_context(again.app):
        for language in LANGUAGES:
            assert fresh.said("phishing", language)
    assert catalogue.cache_info().currsize >= len(LANGUAGES)
