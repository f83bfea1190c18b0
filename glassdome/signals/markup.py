"""Forms, scripts and hidden text in the mail's own HTML, and MIME that was broken on purpose."""

from __future__ import annotations

from collections.abc import Iterator

from glassdome.signals.domains import organizational_domain
from glassdome.signals.finding import Detector, evidence, hit
from glassdome.values.context import Context
from glassdome.values.message import HiddenText, Message
from glassdome.values.signal import Signal

__all__ = ["DETECTOR"]

_SIGNALS = {
    "form_password": "a form in the mail asks for a password",
    "form_foreign": "a form in the mail sends its input to another organization than the sender's",
    "script": "the mail contains a script",
    "hidden_text": "the mail contains text that a reader does not see",
    "split_words": "words are broken up by invisible characters, which hides them from filters",
    "turned_text": "characters that turn the reading order round hide what the text says",
}
#: Hidden text shorter than this is a spacer.
_MIN_HIDDEN = 40
#: Characters of one piece of hidden text that are counted.
_MAX_COUNTED = 2_000
_HIDING = ("css", "size", "color", "offscreen")


def _letters(item: HiddenText) -> int:
    return sum(map(str.isalnum, item.text[:_MAX_COUNTED]))


def _forms(message: Message) -> Iterator[Signal]:
    asking = [n for n, form in enumerate(message.forms) if form.asks_password and not form.returned]
    if asking:
        places = (evidence(f"form:{n}", message.forms[n].action) for n in asking)
        yield hit("form_password", "a form in the mail asks for a password", *places)
    sender = organizational_domain(message.author.domain)
    for number, form in enumerate(message.forms):
        host = form.action.partition("://")[2].partition("/")[0].lower()
        if form.inputs and not form.returned and host and organizational_domain(host) != sender:
            yield hit("form_foreign", f"the form sends to {host}", evidence(f"form:{number}", form.action))
            return


def _hidden(message: Message) -> Iterator[Signal]:
    counted = [(item, _letters(item)) for item in message.hidden if item.how in _HIDING]
    found = [item for item, letters in counted if letters >= _MIN_HIDDEN]
    if found:
        strength = 0.5 + min(0.5, sum(letters for _, letters in counted if letters >= _MIN_HIDDEN) / 2000)
        quotes = [evidence("hidden", item.text) for item in found]
        yield hit("hidden_text", f"{len(found)} pieces of text are hidden from the reader", *quotes, strength=strength)
    for name, kinds in (("split_words", ("zero_width", "tag_chars")), ("turned_text", ("bidi",))):
        quotes = [evidence("hidden", item.text) for item in message.hidden if item.how in kinds]
        if quotes:
            yield hit(name, _SIGNALS[name], *quotes)


def detect(message: Message, context: Context) -> Iterator[Signal]:
    """Report active and hidden content."""
    yield from _forms(message)
    if message.has_script:
        yield hit("script", "the mail contains a script")
    yield from _hidden(message)


DETECTOR = Detector(name="markup", signals=_SIGNALS, run=detect)
