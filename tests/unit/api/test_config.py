"""Settings through the API."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import SecretStr

from glassdome.api.routes_config import SettingShape
from glassdome.core.config import Settings
from glassdome.core.config.file import KEYS as KEYS_OF_FILE
from glassdome.core.config.places import EDITABLE
from glassdome.store import Database

from .bench import KEYS, RW, SECRET, Bench

GET = "/api/v1/get/llm/config"
EDIT = "/api/v1/edit/llm/config"


async def test_each_setting_has_value_and_origin(bench: Bench) -> None:
    """Every setting is shown as OpenAPI says."""
    body = (await bench.get(GET)).json()

    assert set(body) == set(Settings.model_fields)
    for shown in body.values():
        SettingShape.model_validate(shown, extra="forbid")
    assert (body["ollama_model"]["value"], body["ollama_model"]["origin"]) == ("llama3.2:3b", "default")


async def test_no_secret_is_shown(bench: Bench) -> None:
    """Neither secrets, nor passwords inside other settings."""
    bench.set(
        mailboxes="a@example.org:hunter2,b@example.org",
        database_url="mysql://user:hunter3@db/llm",
        openai_key=SecretStr("hunter4"),
    )

    answer = await bench.get(GET)

    assert [word for word in ("hunter2", "hunter3", "hunter4", RW, SECRET) if word in answer.text] == []
    assert answer.json()["openai_key"] | {"about": ""} == {
        "value": None,
        "origin": "default",
        "environment": "GLASSDOME_OPENAI_KEY",
        "about": "",
        "secret": True,
        "is_set": True,
        "editable": False,
        "restart": False,
    }
    assert answer.json()["mailboxes"]["value"] == "a@example.org:[redacted],b@example.org"


async def test_an_edit_takes_effect_at_once(bench: Bench) -> None:
    """By our name or by config.yml's; the answer shows the new values with their origin."""
    answer = await bench.post(
        EDIT, {"attr": {"ollama_model": "phi3:mini", "processing.batch_size": 5, "engine_drafts": True}}
    )

    data = answer.json()[0]["data"]
    assert {name: (shown["value"], shown["origin"]) for name, shown in data.items()} == {
        "ollama_model": ("phi3:mini", "llm_config"),
        "llm_batch_size": (5, "llm_config"),
        "engine_drafts": (True, "llm_config"),
    }
    assert bench.settings.llm_batch_size == 5


async def test_null_goes_back(bench: Bench) -> None:
    """Removing a value uncovers what is below it."""
    await bench.post(EDIT, {"attr": {"ollama_model": "phi3:mini"}})

    await bench.post(EDIT, {"attr": {"ollama_model": None}})

    assert bench.settings.ollama_model == "llama3.2:3b"


@pytest.mark.parametrize(
    ("attr", "words"),
    [
        ({"llm_batch_size": 0}, "llm_batch_size: Input should be greater than or equal to 1"),
        ({"llm_batch_size": "many"}, "llm_batch_size"),
        ({"engine": "gpt"}, "engine"),
        ({"colour": "red"}, "There is no setting 'colour'"),
        ({"api_keys": "mine:rw"}, "GLASSDOME_API_KEYS"),
        ({"database_url": "sqlite:///x"}, "GLASSDOME_DATABASE_URL"),
        ({"mailboxes": "a@b.c"}, "GLASSDOME_MAILBOXES"),
        ({"log_file": "/etc/passwd"}, "GLASSDOME_LOG_FILE"),
        ({"ollama_model": ["x"]}, "ollama_model"),
        ({}, "attr"),
    ],
)
async def test_a_bad_edit_says_why_and_stores_nothing(bench: Bench, attr: dict[str, Any], words: str) -> None:
    """One wrong value refuses the whole edit."""
    answer = await bench.post(EDIT, {"attr": {"ollama_model": "phi3:mini"} | attr if attr else {}})

    assert answer.status_code == 400
    assert words in answer.json()["msg"]
    assert await bench.database.config.read_config() == {}


@pytest.mark.parametrize(
    "attr",
    [
        {"openai.url": "http://evil.example/v1"},
        {"engine": "openai", "openai_url": "http://127.0.0.1:22/"},
        {"ollama_host": "evil.example"},
        {"ollama_host": "127.0.0.1:11434, evil.example:11434"},
        {"ollama_host": "http://127.0.0.1:6379"},
        {"ollama_host": "[::1]:25"},
        {"ollama_host": "gpu.lan:11435"},
        {"engine": "llamacpp", "model": "/etc/passwd"},
    ],
)
async def test_no_mail_goes_to_hosts_that_the_owner_did_not_name(bench: Bench, attr: dict[str, str]) -> None:
    """Environment and file alone say where a model may live: no other host, no other port, no file of this host."""
    bench.set(model_hosts="gpu.lan")

    answer = await bench.post(EDIT, {"attr": attr | {"llm_batch_size": 5}})

    assert (answer.status_code, answer.json()["code"]) == (403, "action_forbidden")
    assert await bench.database.config.read_config() == {}


@pytest.mark.parametrize(
    "attr",
    [
        {"ollama_host": "gpu.lan"},
        {"ollama_host": "127.0.0.1"},
        {"openai_url": "https://gpu.lan/v1", "model": "org/name"},
        {"ollama_host": "http://[fd00::1]:8000"},
    ],
)
async def test_hosts_that_the_owner_named_may_be_chosen(bench: Bench, attr: dict[str, str]) -> None:
    """The allow-list of the environment, and this machine's own Ollama."""
    bench.set(model_hosts="gpu.lan, [fd00::1]:8000")

    assert (await bench.post(EDIT, {"attr": attr})).status_code == 200


async def test_only_what_is_named_may_be_edited(bench: Bench) -> None:
    """Every other setting is refused, whatever config.yml may say: hosts that get passwords, paths, secrets."""
    others = Settings.model_fields.keys() - EDITABLE

    answers = {name: await bench.post(EDIT, {"attr": {name: "x"}}) for name in sorted(others)}

    assert {name: found.status_code for name, found in answers.items()} == dict.fromkeys(sorted(others), 400)
    assert others & {"mailcow_imap_host", "mailcow_smtp_host", "model_hosts", "rspamd_url", "log_file", "database_url"}
    assert set(KEYS_OF_FILE.values()) >= EDITABLE


async def test_what_the_environment_fixes_is_409(
    database: Database, monkeypatch: pytest.MonkeyPatch, pinned: Settings
) -> None:
    """The answer names the variable, and the setting shows that it cannot be changed here."""
    bench = Bench(database, pinned)

    answer = await bench.post(EDIT, {"attr": {"ollama_model": "phi3:mini"}})
    shown = (await bench.get(GET)).json()["ollama_model"]

    assert (answer.status_code, answer.json()["code"]) == (409, "setting_pinned")
    assert "OLLAMA_MODEL" in answer.json()["msg"]
    assert (shown["origin"], shown["editable"]) == ("environment OLLAMA_MODEL", False)


@pytest.fixture
def pinned(monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings with one value from the environment."""
    monkeypatch.setenv("OLLAMA_MODEL", "mistral:7b")
    return Settings(api_keys=SecretStr(KEYS))


async def test_the_edit_is_audited(bench: Bench) -> None:
    """With the new values."""
    await bench.post(EDIT, {"attr": {"ollama_model": "phi3:mini"}})

    (entry,) = await bench.database.history.audited()

    assert (entry["action"], entry["facts"]) == ("edit_config", {"ollama_model": "phi3:mini"})
