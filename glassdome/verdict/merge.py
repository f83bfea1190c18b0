"""Merges everything but the phishing verdict: the model's value if valid and permitted, else the built-in one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from glassdome.core.cutting import cut_short
from glassdome.core.limits import MAX_ACTION_ITEMS, MAX_CATEGORIES, MAX_PHRASE_CHARS, MAX_SUMMARY_CHARS
from glassdome.values.message import Message
from glassdome.values.opinion import ActionItem, Opinion
from glassdome.verdict.evidence import is_there

__all__ = ["action_items", "categories", "labels", "language", "priority", "summary"]

_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")
_MAX_LABEL_CHARS = 40


def _best(opinion: Opinion | None, builtin: Opinion) -> tuple[Opinion, ...]:
    return (opinion, builtin) if opinion is not None else (builtin,)


#: What stands before the summary of a fraud, and of a mail that asks for something of value and is not proven.
_SUSPECTED: Final = {
    "en": "Suspected fraud. The mail says:", "de": "Betrugsverdacht. Die Mail sagt:", "fr": "Fraude présumée. Le message dit :",
    "es": "Posible fraude. El mensaje dice:", "it": "Sospetta frode. Il messaggio dice:", "nl": "Vermoedelijk fraude. Het bericht zegt:",
    "pt": "Possível fraude. A mensagem diz:", "pl": "Podejrzenie oszustwa. W wiadomości napisano:",
    "cs": "Podezření na podvod. Ve zprávě stojí:", "tr": "Dolandırıcılık şüphesi. İletide şöyle yazıyor:",
    "ru": "Подозрение на мошенничество. В письме сказано:", "uk": "Підозра на шахрайство. У листі сказано:",
    "ja": "詐欺の疑いがあります。メールの内容：", "zh": "疑似诈骗。邮件内容：",
}  # fmt: skip
_UNPROVEN: Final = {
    "en": "Sender not proven. The mail says:", "de": "Absender nicht bestätigt. Die Mail sagt:",
    "fr": "Expéditeur non prouvé. Le message dit :", "es": "Remitente no comprobado. El mensaje dice:",
    "it": "Mittente non provato. Il messaggio dice:", "nl": "Afzender niet bewezen. Het bericht zegt:",
    "pt": "Remetente não comprovado. A mensagem diz:", "pl": "Nadawca niepotwierdzony. W wiadomości napisano:",
    "cs": "Odesílatel není ověřen. Ve zprávě stojí:", "tr": "Gönderen doğrulanmadı. İletide şöyle yazıyor:",
    "ru": "Отправитель не подтверждён. В письме сказано:", "uk": "Відправника не підтверджено. У листі сказано:",
    "ja": "差出人は確認できていません。メールの内容：", "zh": "发件人身份未经证实。邮件内容：",
}  # fmt: skip


def summary(opinion: Opinion | None, builtin: Opinion, *, fraud: bool = False, unproven: bool = False) -> str:
    """Return the first non-empty summary, cut to its limit; for a fraud it is worded as the mail's own claim."""
    said = next((s for o in _best(opinion, builtin) if (s := " ".join(o.summary.split()))), "")
    words = _SUSPECTED if fraud else _UNPROVEN if unproven else None
    if words is not None and said:
        said = f"{words.get(language(opinion, builtin)[:2], words['en'])} {said}"
    return cut_short(said, MAX_SUMMARY_CHARS)


def labels(found: Iterable[str], limit: int) -> tuple[str, ...]:
    """Return distinct non-empty labels in their order."""
    cleaned = (" ".join(label.split())[:_MAX_LABEL_CHARS] for label in found)
    return tuple(dict.fromkeys(label for label in cleaned if label))[:limit]


def priority(opinion: Opinion | None, builtin: Opinion) -> int:
    """Return the priority, 1 to 10."""
    told = builtin if "priority_score" in builtin.ruled else _best(opinion, builtin)[0]
    return min(10, max(1, told.priority_score))


def categories(opinion: Opinion | None, builtin: Opinion) -> tuple[str, ...]:
    """Return the model's categories and ours, best first; those of the owner's rules alone where one matched."""
    said = opinion.categories if opinion is not None and "categories" not in builtin.ruled else ()
    return labels((*said, *builtin.categories), MAX_CATEGORIES)


def language(opinion: Opinion | None, builtin: Opinion) -> str:
    """Return the first valid BCP 47 tag."""
    return next((o.language for o in (builtin, *_best(opinion, builtin)) if _LANGUAGE.fullmatch(o.language)), "")


def action_items(message: Message, opinion: Opinion | None, builtin: Opinion) -> tuple[ActionItem, ...]:
    """Return the action items whose words stand in the mail; our own where the model gave none that hold."""
    for source in _best(opinion, builtin):
        kept = [
            i
            for i in source.action_items
            if i.text.strip() and len(i.text) <= MAX_PHRASE_CHARS and is_there(message, i.evidence)
        ]
        if kept:
            return tuple(kept[:MAX_ACTION_ITEMS])
    return ()
