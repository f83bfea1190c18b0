"""The rules of automatic answers by REST."""

from __future__ import annotations

from typing import Any

import pytest

from .bench import OTHER, OWN, USER, Bench

GET, EDIT = "/api/v1/get/llm/answers", "/api/v1/edit/llm/answers"
RULE: dict[str, Any] = {"name": "request", "text": "We have it.", "categories": ["support"], "days": 3}


async def test_rules_are_replaced(bench: Bench) -> None:
    """The list is stored in its order, shown whole, and ended by an empty one."""
    answer = await bench.post(EDIT, {"mailbox": USER, "rules": [RULE, {"name": "all", "text": "Thanks."}]})
    shown = (await bench.get(GET, username=USER)).json()

    assert answer.json()[0]["data"] == shown
    assert [(rule["name"], rule["days"]) for rule in shown["rules"]] == [("request", 3), ("all", 7)]
    await bench.post(EDIT, {"mailbox": USER, "rules": []})
    assert (await bench.get(GET, username=USER)).json()["rules"] == []


@pytest.mark.parametrize(
    "rules",
    [
        [RULE, RULE],
        [RULE | {"name": "absence"}],
        [RULE | {"days": 0}],
        [RULE | {"text": ""}],
        [RULE | {"colour": "red"}],
    ],
)
async def test_what_is_no_list_of_rules_is_refused(bench: Bench, rules: list[dict[str, Any]]) -> None:
    """Names are unique, periods have a day at least, and an unknown field would change nothing."""
    answer = await bench.post(EDIT, {"mailbox": USER, "rules": rules})
    assert answer.status_code in (400, 422)
    assert (await bench.get(GET, username=USER)).json()["rules"] == []


async def test_rules_of_others_are_out_of_reach(bench: Bench) -> None:
    """A key of one mailbox neither reads nor changes another's."""
    read = await bench.get(GET, OWN, username=OTHER)
    changed = await bench.post(EDIT, {"mailbox": OTHER, "rules": [RULE]}, OWN)
    assert (read.status_code, changed.status_code) == (403, 403)
    assert await bench.database.answer_rules.of(OTHER) == ()
