"""Every test starts in an empty folder with none of our variables, and with a guard on the event loop."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from blockbuster import BlockBuster, blockbuster_ctx
from hypothesis import HealthCheck, settings

from glassdome.core.config import Settings, env_names

pytest_plugins = ["tests.servers.fixtures", "tests.servers.engine_plugin", "tests.servers.scheduling"]

# A busy machine fails no test: neither the time of one example nor that of making it is judged.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")


@pytest.fixture(autouse=True)
def _clean_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees the settings of the machine or writes into its home."""
    for name in {name for field in Settings.model_fields for name in env_names(field)} | {
        n for n in os.environ if n.startswith("GLASSDOME_")
    }:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.chdir(tmp_path)


@pytest.fixture(autouse=True)
def _no_blocked_loop() -> Iterator[BlockBuster]:
    """A blocking call on the event loop from our own code raises."""
    with blockbuster_ctx("glassdome") as guard:
        yield guard


@pytest.fixture(autouse=True)
def _fresh_logging() -> Iterator[None]:
    """Logging configured by one test does not reach the next."""
    import logging

    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    yield
    for handler in root.handlers:
        if handler not in before:
            handler.close()
    root.handlers[:], root.level = before, level
    structlog.reset_defaults()
