"""Text that speaks to an AI assistant instead of the reader, shown or hidden; it taints the model's opinion only."""

from __future__ import annotations

import re
from collections.abc import Iterator

from glassdome.signals.finding import Detector, evidence, hit
from glassdome.signals.phrases import SUBJECT_END, ScannedText, load_phrases
from glassdome.values.context import Context
from glassdome.values.message import Message
from glassdome.values.signal import Evidence, Signal

__all__ = ["DETECTOR"]

_SIGNALS = {
    "injection_visible": "the visible text gives instructions to an AI assistant",
    "injection_hidden": "hidden text gives instructions to an AI assistant",
    "injection_markers": "the mail imitates the control marks of a language model",
    "injection_encoded": "the mail hides long text in tag characters or encodings",
}
_BOOK = "injection.toml"
_MARKERS = re.compile(
    r"<\|(?:im_start|im_end|system|user|assistant|endoftext|eot_id|start_header_id)[^|\n]{0,20}\|>|\[/?INST\]|<</?SYS>>|"
    r"</?(?:system|assistant|instructions?|tool_call|function_calls?)\s*>|^\s{0,3}#{2,3} ?(?:system|instruction|assistant)s?:?\s*$|"
    r"\bBEGIN (?:SYSTEM|PROMPT|INSTRUCTIONS)\b",
    re.IGNORECASE | re.MULTILINE,
)
#: Characters read of one piece of hidden text.
_MAX_PIECE = 4_000
#: Text beyond this is not searched for markers.
_MAX_SEARCHED = 60_000


#: One of them, in lower case, stands in whatever `_MARKERS` finds; first a character of them, which is looked for in no time.
_SIGNS = (
    ("<", ("<|", "sys>>", "<system", "<assistant", "<instruction", "<tool_call", "<function_call", "</")),
    ("]", ("inst]",)),
    ("#", ("##",)),
    ("", ("begin ",)),
)


def _may_mark(lowered: str) -> bool:
    return any(sign in lowered and any(map(lowered.__contains__, marks)) for sign, marks in _SIGNS)


def _quotes(text: str, subject: int) -> list[Evidence]:
    """Return the instructions in a text whose first `subject` characters are the subject."""
    return [
        evidence("header:Subject" if start < subject else "text", text[start:end])
        for _, start, end in load_phrases(_BOOK).find(ScannedText.of(text))
    ]


def detect(message: Message, context: Context) -> Iterator[Signal]:
    """Report instructions to an assistant."""
    text = message.subject + SUBJECT_END + message.text
    seen = _quotes(text, len(message.subject))
    if seen:
        yield hit("injection_visible", f"it tells an assistant: “{seen[0].quote}”", *seen)
    hidden = SUBJECT_END.join(item.text[:_MAX_PIECE] for item in message.hidden)
    found = [evidence("hidden", item.quote) for item in _quotes(hidden, 0)] if hidden else []
    if found:
        yield hit("injection_hidden", f"hidden text tells an assistant: “{found[0].quote}”", *found)
    for where, searched in (("text", message.text), ("hidden", hidden)):
        mark = _MARKERS.search(searched[:_MAX_SEARCHED]) if _may_mark(searched[:_MAX_SEARCHED].lower()) else None
        if mark:
            yield hit(
                "injection_markers", f"it contains {mark.group().strip()!r}", evidence(where, mark.group().strip())
            )
            break
    if any(item.how == "tag_chars" for item in message.hidden):
        yield hit("injection_encoded", "it carries invisible tag characters", evidence("hidden"))


DETECTOR = Detector(name="injection", signals=_SIGNALS, run=detect)
