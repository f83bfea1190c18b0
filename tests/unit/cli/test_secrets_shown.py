"""No way of looking at the settings shows a secret: every setting that may hold one is set, and every way is walked."""

from __future__ import annotations

import asyncio
import json
import logging
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr
from typer.testing import CliRunner

from glassdome.api.app import create_app
from glassdome.bootstrap.wire import open_app
from glassdome.cli.app import app
from glassdome.core import log
from glassdome.core.clock import FixedClock
from glassdome.core.config import Settings, env_name
from glassdome.core.config.shown import shown_value
from glassdome.core.errors import ConfigError
from glassdome.desk.wiring import services_of
from glassdome.mcp.errors import error_body
from glassdome.web.app import add_web
from tests.samples import NOON
from tests.unit.web.conftest import BOX

CANARY = "canary-of-the-mine"
KEY = f"{CANARY}-key"
#: Settings whose text may hold a password beside other things.
MIXED = {
    "mailboxes": f"a@example.org:{CANARY},b@example.org=login:{CANARY}:x",
    "rspamd_url": f"http://controller:{CANARY}@127.0.0.1:9",
    "openai_url": f"http://user:{CANARY}@127.0.0.1:9/v1?api_key={CANARY}",
    "mailcow_api_url": f"http://user:{CANARY}@127.0.0.1:9",
}
SECRETS = [name for name, field in Settings.model_fields.items() if "SecretStr" in str(field.annotation)]


def _secret(name: str) -> str:
    return f"{KEY}:rw" if name == "api_keys" else CANARY * 2


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Set every setting that may hold a secret, in the environment; return their names."""
    for name in SECRETS:
        if name != "secret_key":  # a Fernet key: it has a test of its own below
            monkeypatch.setenv(env_name(name), _secret(name))
    for name, value in MIXED.items():
        monkeypatch.setenv(env_name(name), value)
    return [*SECRETS, *MIXED]


@pytest.mark.parametrize(
    "command",
    [
        ["config", "show"],
        ["config", "show", "--json"],
        ["config", "show", "--changed"],
        ["doctor"],
        ["doctor", "--json"],
    ],
)
def test_no_command_shows_a_secret(told: list[str], command: list[str]) -> None:
    """Neither what is listed, nor what is wrong."""
    result = CliRunner().invoke(app, command, env={"COLUMNS": "300"})

    assert CANARY not in result.output
    assert result.output.strip()


def test_every_setting_is_walked(told: list[str]) -> None:
    """A setting that is text is shown without what looks like a secret in it; secrets as such."""
    settings = Settings()

    shown = {name: shown_value(name, getattr(settings, name)) for name in Settings.model_fields}
    assert CANARY not in json.dumps(shown)
    assert {shown[name] for name in SECRETS if name != "secret_key"} == {log.HIDDEN}
    assert shown["mailboxes"] == "a@example.org:[redacted],b@example.org=login:[redacted]"
    for name in Settings.model_fields:
        for text in (f"mysql://u:{CANARY}@db/x", f"redis://:{CANARY}@h", f"http://u:{CANARY}@{CANARY}@h"):
            assert CANARY not in str(shown_value(name, text)), name
        assert CANARY not in str(shown_value(name, SecretStr(CANARY)))


@pytest.mark.parametrize("name", [*SECRETS, *MIXED, "database_url"])
def test_no_error_quotes_a_secret(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A value that is refused is named by its variable, not by its words: on a terminal, through MCP, in the log."""
    monkeypatch.setenv(
        env_name(name), f"ftp://\u20ac:{CANARY}@[h" if name in (*MIXED, "database_url") else f"\u20ac {CANARY}"
    )
    said: list[str] = []
    settings = None
    try:
        settings = Settings()
    except ConfigError as exc:
        said = [exc.public_message, json.dumps(error_body(exc)), str(exc.facts)]
    assert CANARY not in "".join(said)
    log.configure(level="INFO")
    logging.getLogger("foreign").warning("%r", settings)
    log.get_logger("ours").warning("settings", settings=settings, **{name: getattr(settings, name, "")})

    assert CANARY not in capsys.readouterr().err
    result = CliRunner().invoke(app, ["config", "show"], env={"COLUMNS": "300"})
    assert CANARY not in result.output


@pytest.mark.parametrize("command", ["config show", "config show --json", "doctor", "stats"])
@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("OLLAMA_HOST", f"http://user:{CANARY}@127.0.0.1:9"),
        ("OLLAMA_HOST", f"user:{CANARY}@127.0.0.1:port"),
        ("OLLAMA_HOST", f"http://127.0.0.1:9/?key={CANARY}"),
        ("GLASSDOME_MODEL_HOSTS", f"http://user:{CANARY}@127.0.0.1:9"),
        ("GLASSDOME_MODEL_HOSTS", f"127.0.0.1/?key={CANARY}"),
        ("MAILCOW_API_URL", f"https://mail.example.org/?key={CANARY}&x=1#f"),
    ],
)
def test_no_login_of_a_url_is_quoted(
    variable: str, value: str, command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A URL's user, password and query are left out, whether it is shown or refused."""
    monkeypatch.setenv("GLASSDOME_DATA_DIR", str(tmp_path))
    monkeypatch.setenv(variable, value)

    result = CliRunner().invoke(app, command.split(), env={"COLUMNS": "300"})

    assert CANARY not in result.output
    assert result.output.strip()


@pytest.fixture
def service_settings(told: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The settings of a service that starts: made outside the event loop, since settings look at files."""
    monkeypatch.delenv(env_name("mailcow_api_url"))
    return Settings(data_dir=tmp_path, engine="builtin")


async def test_no_page_and_no_answer_shows_a_secret(
    service_settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    """REST and web UI: settings, health, a refused edit."""
    async with open_app(service_settings, clock=FixedClock(NOON)) as wired:
        api = create_app(services_of(wired))
        await asyncio.to_thread(add_web, api, BOX)
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(api), base_url="http://test", headers={"X-API-Key": KEY}
        ) as client:
            answers = [
                await client.get("/api/v1/get/llm/config"),
                await client.get("/health"),
                await client.post("/api/v1/edit/llm/config", json={"attr": {"openai_url": "http://evil.example"}}),
                await client.get("/llm/service"),
            ]

    assert [answer.status_code for answer in answers[:3]] == [200, 200, 409]
    assert all(CANARY not in answer.text for answer in answers)
    assert CANARY not in caplog.text
