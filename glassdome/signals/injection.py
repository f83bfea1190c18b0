"""Text that speaks to an AI assistant instead of the reader, shown or hidden; it taints the model's opinion only."""

from __future__ import annotations

import re
from collections.abc import Iterator

from glassdome.signals.finding import Detector, evidence, hit
from glassdome.signals.phrases import ScannedText, load_phrases
from glassdome.values.context import Context
from glassdome.values.message import Message
from glassdome.values.signal import Signal

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
#: Text beyond this is not searched for markers.
_MAX_SEARCHED = 60_000


def detect(message: Message, context: Context) -> Iterator[Signal]:
    """Report instructions to an assistant."""
    book = load_phrases(_BOOK)
    text = f"{message.subject}\n.\n{message.text}"
    subject = message.subject.lower()
    seen = [words for _, words in book.find(ScannedText.of(text))]
    if seen:
        quotes = [evidence("header:Subject" if words in subject else "text", words) for words in seen]
        yield hit("injection_visible", f"it tells an assistant: “{seen[0]}”", *quotes)
    hidden = "\n.\n".join(item.text for item in message.hidden)
    found = [words for _, words in book.find(ScannedText.of(hidden))] if hidden else []
    if found:
        quotes = [evidence("hidden", quote) for quote in found]
        yield hit("injection_hidden", f"hidden text tells an assistant: “{quotes[0].quote}”", *quotes)
    for where, searched in (("text", message.text), ("hidden", hidden)):
        mark = _MARKERS.search(searched[:_MAX_SEARCHED])
        if mark:
            yield hit(
                "injection_markers", f"it contains {mark.group().strip()!r}", evidence(where, mark.group().strip())
            )
            break
    if any(item.how == "tag_chars" for item in message.hidden):
        yield hit("injection_encoded", "it carries invisible tag characters", evidence("hidden"))


DETECTOR = Detector(name="injection", signals=_SIGNALS, run=detect)
