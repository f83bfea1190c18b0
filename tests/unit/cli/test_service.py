"""Serving: what is true while requests are answered, and not after."""

from __future__ import annotations

import gc

from fastapi import FastAPI

from glassdome.cli.service import serving


async def test_what_is_loaded_is_left_to_no_collector_while_serving() -> None:
    """Frozen from the start, so that no request waits for a walk over all modules; given back at the end."""
    gc.unfreeze()

    async with serving(FastAPI(), host="127.0.0.1", port=0):
        assert gc.get_freeze_count() > 10_000

    assert gc.get_freeze_count() == 0
