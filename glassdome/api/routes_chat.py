"""Rspamd's own GPT plugin asks in OpenAI's shape; the built-in engine answers."""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from glassdome.api.errors import refusals
from glassdome.api.scan import Scans
from glassdome.api.shared_secret import FromBeside
from glassdome.core.errors import ModelUnavailable
from glassdome.core.limits import MAX_CHAT_MESSAGES, MAX_PHRASE_CHARS
from glassdome.desk.http import Wired
from glassdome.values.verdict import Label, Verdict

__all__ = ["as_message", "router"]

router = APIRouter(tags=["rspamd"])


class ChatPart(BaseModel):
    """A piece of a message's content."""

    type: str = "text"
    text: str = ""


class ChatMessage(BaseModel):
    """One message of the conversation."""

    role: str
    content: str | list[ChatPart] = ""

    @property
    def text(self) -> str:
        """The content as one string."""
        return self.content if isinstance(self.content, str) else "".join(part.text for part in self.content)


class ResponseFormat(BaseModel):
    """The format of the answer: text or JSON."""

    type: str = "text"


class ChatRequest(BaseModel):
    """The request of Rspamd's GPT plugin: its prompt, then Subject, From, URL domains and text, each a user message."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "model": "builtin",
                    "messages": [
                        {"role": "system", "content": "Output ONLY 3 lines"},
                        {"role": "user", "content": "Subject: Your parcel is waiting"},
                        {"role": "user", "content": "From: Parcel Service <notice@parcel.example>"},
                        {"role": "user", "content": "Url domains: parcel.example.net"},
                        {"role": "user", "content": "Pay 1.99 to get your parcel."},
                    ],
                }
            ]
        }
    )

    model: Annotated[str, Field(max_length=200)] = ""
    messages: Annotated[list[ChatMessage], Field(min_length=1, max_length=MAX_CHAT_MESSAGES)]
    response_format: ResponseFormat | None = None

    @property
    def wants_json(self) -> bool:
        """Return whether the answer must be JSON, by the format field or else by the word in the prompt."""
        if self.response_format is not None:
            return self.response_format.type.startswith("json")
        return any("json" in message.text.lower() for message in self.messages if message.role == "system")


class ChatChoice(BaseModel):
    """The one answer."""

    index: int
    message: ChatMessage
    finish_reason: str


class ChatUsage(BaseModel):
    """Nothing was spent: no language model was asked."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class ChatShape(BaseModel):
    """The answer in OpenAI's shape."""

    id: str
    object: str
    created: int
    model: str
    choices: list[ChatChoice]
    usage: ChatUsage


@router.post(
    "/v1/chat/completions",
    summary="The same for Rspamd's GPT plugin, in OpenAI's shape",
    dependencies=[FromBeside],
    response_model=ChatShape,
    responses=refusals(503, keyed=False),
)
async def chat(services: Wired, scanner: Scans, body: ChatRequest) -> Response:
    """Judge subject, sender, URL domains and text with the built-in engine; no language model is asked.

    The answer is the spam probability with a reason: as JSON, or in the plugin's three lines. 503 when there is no
    verdict, which the plugin takes as "no symbol".
    """
    verdict = await scanner.verdict(as_message([m.text for m in body.messages if m.role == "user"]))
    if verdict is None:
        raise ModelUnavailable("There is no verdict in time.")
    created = int(services.clock.now().timestamp())
    content = _as_json(verdict) if body.wants_json else _as_lines(verdict)
    message = {"role": "assistant", "content": content}
    return JSONResponse(
        {
            "id": f"chatcmpl-{created}",
            "object": "chat.completion",
            "created": created,
            "model": verdict.model or verdict.engine,
            "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0},
        }
    )


def as_message(contents: list[str]) -> bytes:
    """Make a message (RFC 6532: UTF-8 in its header fields) of what the plugin sent in pieces."""
    fields: list[str] = []
    links: list[str] = []
    text: list[str] = []
    for content in contents:
        name, _, value = content.partition(": ")
        if name in ("Subject", "From") and not any(f.startswith(f"{name}:") for f in fields):
            fields.append(f"{name}: {' '.join(value.split())}")
        elif name == "Url domains" and not links:
            links = [f"https://{host.strip()}/" for host in value.split(",") if "." in host]
        else:
            text.append(content)
    head = [*fields, "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit"]
    return "\r\n".join([*head, "", *text, *links, ""]).encode("utf-8", "replace")


def _probability(verdict: Verdict) -> float:
    return round(max(verdict.phishing_score or 0.0, verdict.spam_score), 4)


def _reason(verdict: Verdict) -> str:
    why = next((reason.why for reason in verdict.phishing_reasons), "No strong sign was found.")
    return " ".join(why.split())[:MAX_PHRASE_CHARS]


def _as_json(verdict: Verdict) -> str:
    answer: dict[str, Any] = {"probability": _probability(verdict), "reason": _reason(verdict)}
    return json.dumps(answer)


def _as_lines(verdict: Verdict) -> str:
    category = "phishing" if verdict.label is Label.PHISH else ""
    return f"{_probability(verdict)}\n{_reason(verdict)}\n{category}"
