"""The running service against its own OpenAPI document: requests made up by schemathesis, good and bad."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from pydantic import SecretStr
from schemathesis import GenerationMode
from schemathesis.checks import positive_data_acceptance

from glassdome.api.app import with_routes
from glassdome.core.config import Settings
from glassdome.desk import guesses
from glassdome.store import migrate
from glassdome.values.action import Action, ActionKind
from glassdome.values.verdict import Label
from tests.unit.api.bench import KEYS, OTHER, RO, RW, SECRET, USER, Bench, analysis, ref
from tests.unit.api.running import running

SECRETS = {"X-API-Key": RW, "Authorization": f"Bearer {SECRET}"}
DOCUMENT = with_routes("").openapi()
SCHEMA = schemathesis.openapi.from_dict(DOCUMENT)
OPERATIONS = [(path, method) for path, methods in DOCUMENT["paths"].items() for method in methods]
#: Nothing can be wrong with a request that has neither key nor parameters, nor with bytes that are to be judged.
MODES = [
    (path, method, mode)
    for path, method in OPERATIONS
    for mode in GenerationMode
    if mode is GenerationMode.POSITIVE or not path.endswith(("/health", "/rspamd/check"))
]
KEYED_WRITES = [(path, method) for path, method in OPERATIONS if method == "post" and path.startswith("/api/")]
#: What parameters mean together (an email_id needs its mailbox) is said in words, not in the schema.
NOT_SAID = [positive_data_acceptance]

ACTIONS = [
    (ActionKind.MOVE, "\\Junk"),
    (ActionKind.ADD_KEYWORD, "$Phishing"),
    (ActionKind.ALERT, "phishing"),
    (ActionKind.MOVE, "\\Junk"),
]


@schemathesis.serializer("message/rfc822")
def as_it_is(context: schemathesis.SerializationContext, value: object) -> bytes:
    """Send a made-up message as its text."""
    return str(value).encode("utf-8", "replace")


def made_up(examples: int) -> settings:
    """Bound the examples, and make the same ones each time."""
    return settings(max_examples=examples, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


async def fill(bench: Bench) -> None:
    """Give the routes something to find."""
    await bench.choose(USER, OTHER)
    bench.folders.held |= {ref(uid) for uid in range(1, 20)}
    await bench.store(analysis(ref(1), Label.PHISH), analysis(ref(2)), analysis(ref(1, mailbox=OTHER)))
    for uid, (kind, argument) in enumerate(ACTIONS, 1):
        await bench.act(Action(ref=ref(uid), kind=kind, argument=argument), moved_to=ref(uid + 10))


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run the service and yield its address."""
    path = tmp_path_factory.mktemp("openapi") / "api.db"
    asyncio.run(migrate(f"sqlite:///{path}"))
    wanted = Settings(api_keys=SecretStr(KEYS), push_secret=SecretStr(SECRET), api_rate_per_minute=1_000_000)
    # Made-up requests bring more wrong keys than one address may try; that limit has its own tests.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(guesses, "MAX_WRONG_KEYS_PER_ADDRESS", 1_000_000)
        with running(path, wanted, fill) as port:
            yield f"http://127.0.0.1:{port}"


@pytest.mark.parametrize(("path", "method", "mode"), MODES)
def test_every_answer_is_documented(address: str, path: str, method: str, mode: GenerationMode) -> None:
    """No 5xx, no undocumented status, type or shape, bad input refused, and nobody let in without the key."""

    @made_up(15)
    @given(case=SCHEMA[path][method].as_strategy(generation_mode=mode))
    def check(case: schemathesis.Case) -> None:
        # The made-up secret becomes the right one; where it was left out on purpose it stays out.
        case.headers.update({name: value for name, value in SECRETS.items() if name in case.headers})
        case.call_and_validate(base_url=address, excluded_checks=NOT_SAID)

    check()


@pytest.mark.parametrize(("path", "method"), KEYED_WRITES)
def test_a_reading_key_writes_nothing(address: str, path: str, method: str) -> None:
    """Whatever the request, a reading key gets no success from a writing route."""

    @made_up(5)
    @given(case=SCHEMA[path][method].as_strategy())
    def check(case: schemathesis.Case) -> None:
        assert case.call(base_url=address, headers={"X-API-Key": RO}).status_code == 403

    check()
