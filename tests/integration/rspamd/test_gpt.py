"""Requests of Rspamd's own GPT plugin, as its documentation shapes them, replayed against the running service."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any

import pytest

from tests.integration.rspamd.conftest import SECRET

TEXT = (
    "Dear customer, your account has been limited. Verify your password within 24 hours at the link below, "
    "or your account will be closed."
)
MESSAGES = [
    {"role": "system", "content": "You judge mail. Output ONLY a JSON object with probability and reason."},
    {"role": "user", "content": "Subject: Your account has been limited - verify your password now"},
    {"role": "user", "content": "From: PayPal Security <security@paypa1-account.example>"},
    {"role": "user", "content": "Url domains: paypal.com.verify-login.example"},
    {"role": "user", "content": TEXT},
]


def post(url: str, body: dict[str, Any], *, secret: str = SECRET) -> tuple[int, Any]:
    """POST as the plugin does."""
    request = urllib.request.Request(
        url + "/v1/chat/completions",
        data=json.dumps(body).encode(),
        headers={"Content-Type": "application/json", "Authorization": f"Bearer {secret}"},
    )
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as exc:
        return exc.code, json.load(exc)


def request_of(**more: Any) -> dict[str, Any]:
    """Return the plugin's request."""
    return {"model": "builtin", "max_completion_tokens": 1000, "temperature": 0.0, "messages": MESSAGES, **more}


def test_json_is_answered(service_url: str) -> None:
    """With json=true: one choice whose content is an object with a probability and a reason."""
    status, answer = post(service_url, request_of(response_format={"type": "json_object"}))

    assert 200 == status
    content = json.loads(answer["choices"][0]["message"]["content"])
    assert 0.5 < content["probability"] <= 1
    assert content["reason"]


def test_three_lines_are_answered(service_url: str) -> None:
    """Without JSON: probability, reason, category, each on its line."""
    plain = [{"role": "system", "content": "Output ONLY 3 lines"}, *MESSAGES[1:]]

    _, answer = post(service_url, {"model": "builtin", "messages": plain})

    probability, reason, category = answer["choices"][0]["message"]["content"].split("\n")
    assert 0.5 < float(probability) <= 1
    assert reason
    assert category in ("", "phishing")


@pytest.mark.parametrize("secret", ["", "wrong"])
def test_a_stranger_is_refused(service_url: str, secret: str) -> None:
    """Without the shared secret nothing is judged."""
    assert 401 == post(service_url, request_of(), secret=secret)[0]
