"""A summary made of the mail's own sentences: the few that say most of what the others say."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from itertools import chain
from typing import Final

from glassdome.core import limits
from glassdome.core.cutting import CLOSING, FULL_STOPS, cut_short
from glassdome.core.words import words_by_line, words_in
from glassdome.engine.builtin.sentences import Sentence
from glassdome.engine.builtin.words import fold

__all__ = ["summarize"]

#: Sentences in a summary, and the characters from which on one is enough.
_SENTENCES: Final = 2
_LONG_SENTENCE: Final = 320
#: Sentences compared; what a mail says stands in its first ones.
_CANDIDATES: Final = 30
#: Shorter sentences say nothing.
_SHORTEST: Final = 12
#: A footer says so in its first words.
_TELLING_CHARS: Final = 120
#: Signs that end a sentence, and letters from which on capitals alone are no abbreviation.
_ENDS: Final = f".!?…:：{FULL_STOPS}"
#: The sign for a sentence that has none at its end, by the letter from which on it is its script's; Thai and Lao have no such sign.
_STOPS: Final = (
    ("\uffff", "."), ("\uf900", "。"), ("\uac00", "."), ("\u2e80", "。"), ("\u1000", "."), ("\u0e00", ""), ("\u0a80", "."),
    ("\u0900", "।"),
)  # fmt: skip
#: Letters of scripts without blanks between words, and what stands between two of them where lines were wrapped.
_FIRST_WIDE: Final = "\u2e80"
_WIDE: Final = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uff9f"
_WRAPPED: Final = re.compile(rf"(?<=[{_WIDE}])[ \n](?=[{_WIDE}])")
_SHOUTED: Final = 16
#: The share that a heading or a label counts compared with whole sentences.
_FRAGMENT: Final = 0.6
#: Characters up to which a line that ends in a comma is a salutation.
_SALUTATION: Final = 80
#: How much each place further back in the mail counts less.
_FADE: Final = 0.6
#: How much long sentences are held back, and what sharing words with the subject is worth; fitted on BC3 with the above.
_LENGTH_POWER: Final = 1.1
_SUBJECT_WORTH: Final = 0.3
_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)*")
_PATH = re.compile(r"[/?#]")
#: Longer addresses, and those with a query's signs, are bounce and reply addresses with a key in them.
_LONGEST_ADDRESS: Final = 50
_KEYED: Final = frozenset("=/?&%")
_MARKUP_SIGN = re.compile(r"[<>|*_=#~\[\]{}]")
_MARKUP = re.compile(r"<[^<>]{0,200}>|[*_=#~|>\[\]{}-]{2,}|^[>|*#\s-]+|!?\[([^\[\]]{0,200})\]\([^()\s]{0,500}\)")
_GREETING = re.compile(
    r"^(?:hi|hello|dear|hey|good (?:morning|afternoon|evening)|hallo|guten (?:tag|morgen|abend)|sehr geehrte[rs]?|liebe[rs]?"
    r"|moin|bonjour|bonsoir|cher|chere|salut|madame|hola|buenos|buenas|estimad[oa]s?|querid[oa]s?|ciao|buongiorno|gentile"
    r"|egregio|caro|cara|beste|geachte|dag|ola|prezad[oa]s?|caro|bom dia|boa tarde)\b[^.!?,]{0,40}[,!.:]?$"
)
_BOILERPLATE: Final = (
    "unsubscribe", "abmeld", "abbestell", "desinscri", "desabonn", "darse de baja", "disiscri", "uitschrij", "im browser", "webversion",
    "version en ligne", "navegador", "copyright", "all rights reserved", "alle rechte vorbehalten", "privacy policy", "datenschutz",
    "do not reply", "nicht auf diese", "ne pas repondre", "no responda", "intended recipient", "confidential",
    "you are receiving this", "sie erhalten diese", "vous recevez", "sent from my", "gesendet von", "envoye de mon", "enviado desde",
    "mit freundlichen", "viele gruesse", "viele grusse", "cordialement", "saludos",
)  # fmt: skip
_CLOSING = re.compile(r"(?:best|kind|warm)? ?regards|thanks|thank you|cheers|best$")
#: The first letter of the scripts that follow.
_FIRST_COURTEOUS: Final = "\u0590"
#: Sentences of other scripts that are courtesy and no more; folding would take their marks away.
_COURTESY = re.compile(
    r"(?:(?:いつも|平素より)?(?:大変)?お世話になって[^。]{0,12}|(?:以上、|何卒|どうぞ)?(?:よろしく|宜しく)お願い[^。]{0,14}|敬具|(?:您|你|大家)好|(?:谢谢|謝謝|感谢|感謝)[^，]{0,10}|此致|祝(?:好|您)[^，]{0,8}"
    r"|안녕하(?:세요|십니까)|감사합니다|고맙습니다|السلام عليكم[^،]{0,25}|مرحب[^،]{0,20}|مع [^،]{0,10}التحي[^،]{0,5}|شكر[^،]{0,20}|שלום[^,.]{0,20}|בברכה[^.]{0,20}|תודה[^.]{0,15}"
    r"|नमस्(?:ते|कार)[^,।]{0,20}|धन्यवाद[^।]{0,15}|सादर[^।]{0,15}|สวัสดี\S{0,20}|ขอบคุณ\S{0,12}|ขอแสดงความนับถือ)[\W_]{0,3}$"
)
_IN_BROWSER = re.compile(r"view (?:it |this |online )?(?:\w+ )?in (?:your )?browser")
#: Letters of a word that says something.
_CONTENT: Final = 4


def summarize(sentences: Sequence[Sentence], subject: str = "") -> str:
    """Return one or two sentences of the mail, in its order, at most `limits.MAX_SUMMARY_CHARS` characters.

    A sentence scores by the words it shares with the rest of the mail (Luhn 1958, SumBasic's frequency average), by the
    words it shares with the subject, and by standing early; greetings, footers and closings do not count. Where the
    text gives nothing, the subject is the summary.
    """
    candidates = _candidates(sentences[:_CANDIDATES])
    if not candidates:
        return cut_short(_cleaned(subject), limits.MAX_SUMMARY_CHARS)
    texts = list(candidates)
    if len(texts) <= _SENTENCES:
        return _fitting(texts, texts[0])
    contents = [_content(words) for words in words_by_line("\n".join(candidates.values()))]
    bags = [set(content) for content in contents]
    scores = _scores(contents, bags, set(_content(words_in(fold(subject)))))
    whole = [text[-1] in _ENDS for text in texts]
    if sum(whole) >= _SENTENCES:
        scores = [score * (1.0 if said else _FRAGMENT) for score, said in zip(scores, whole, strict=True)]
    best = max(range(len(texts)), key=scores.__getitem__)
    chosen = [best]
    if len(texts[best]) < _LONG_SENTENCE:
        others = (i for i in range(len(texts)) if i != best)
        chosen.append(max(others, key=lambda i: _new(bags[i], scores[i], bags[best])))
    return _fitting([texts[i] for i in sorted(chosen)], texts[best])


def _candidates(sentences: Sequence[Sentence]) -> dict[str, str]:
    """Return the sentences that may stand in a summary, each with its folded form."""
    texts = [text for sentence in sentences if _says_enough(text := _cleaned(_unwrapped(sentence)))]
    folded = {text: fold(text) for text in texts}
    # A plain search for each phrase costs a tenth of one pattern of them all, and most are in none of the sentences.
    told = "\n".join([form[:_TELLING_CHARS] for form in folded.values()])
    boilerplate = [phrase for phrase in _BOILERPLATE if phrase in told]
    return {
        text: form
        for text, form in folded.items()
        if not (text[-1] == "," and len(text) < _SALUTATION)
        and not _GREETING.match(form)
        and (text < _FIRST_COURTEOUS or not _COURTESY.match(text))
        and not _is_boilerplate(form[:_TELLING_CHARS], boilerplate)
    }


def _is_boilerplate(folded: str, phrases: Sequence[str]) -> bool:
    return (
        any(map(folded.__contains__, phrases))
        or _CLOSING.match(folded) is not None
        or ("browser" in folded and _IN_BROWSER.search(folded) is not None)
    )


def _scores(contents: Sequence[list[str]], bags: Sequence[set[str]], about: set[str]) -> list[float]:
    counts = Counter(chain.from_iterable(bags))
    logarithms = [math.log1p(count) for count in range(len(bags) + 1)]
    worth = {word: logarithms[count] for word, count in counts.items()}
    scores = []
    for place, (content, bag) in enumerate(zip(contents, bags, strict=True)):
        shared = math.fsum(map(worth.__getitem__, bag)) / (len(content) + 4) ** _LENGTH_POWER
        named = len(about.intersection(bag)) / (len(about) or 1)
        scores.append((shared + _SUBJECT_WORTH * named) / (1 + _FADE * place))
    return scores


def _new(bag: set[str], score: float, taken: set[str]) -> float:
    return score * (1 - len(bag & taken) / (len(bag) or 1))


def _content(words: Sequence[str]) -> list[str]:
    """Return the words that say something; in a script without blanks, pairs of neighbouring signs."""
    if words and words[0] >= _FIRST_WIDE:
        return [pair for word in words for pair in _pairs(word)]
    return [word for word in words if len(word) >= _CONTENT]


def _pairs(word: str) -> list[str]:
    return [word[at : at + 2] for at in range(len(word) - 1)]


def _cleaned(text: str) -> str:
    """Return `text` without markup; of a link, which may carry tokens, the host stays, of an address its plain form."""
    if _MARKUP_SIGN.search(text) or "--" in text or text[:1] == "-" or text[:1].isspace():
        text = " ".join(_MARKUP.sub(r"\1 ", text).split())
    if "://" in text or "www." in text or "@" in text:
        text = " ".join(map(_plain, text.split()))
    return " ".join(text.split()).strip(" -*|>:")


def _plain(word: str) -> str:
    """Return a link's host with the punctuation around it; an address where it holds no key; other words as they are."""
    if "://" not in word and "www." not in word:
        keyed = "@" in word and (len(word) > _LONGEST_ADDRESS or not _KEYED.isdisjoint(word))
        return "" if keyed else word
    before, scheme, rest = word.rpartition("://") if "://" in word else word.rpartition("www.")
    host = _HOST.search(_PATH.split(rest, maxsplit=1)[0].rpartition("@")[2].replace("www.", ""))
    opening = before[:1] if before[:1] in "([\"'" and scheme else ""
    return f"{opening}{host.group()}{word[len(word.rstrip('.,;:!?)')) :]}" if host else ""


def _unwrapped(sentence: Sentence) -> str:
    """Return the text; lines of a script without blanks are joined without one."""
    return _WRAPPED.sub("", sentence.text) if "\n" in sentence.raw and sentence.raw >= _FIRST_WIDE else sentence.text


def _says_enough(text: str) -> bool:
    """Return whether a sentence is long enough to say something; a sign of Chinese or Japanese is a syllable or a word."""
    return len(text) >= (_SHORTEST if text < _FIRST_WIDE else _SHORTEST // 2)


def _fitting(sentences: Sequence[str], best: str) -> str:
    """Return the sentences as a summary; the best alone where they are too long together."""
    joined = _joined(sentences)
    return joined if len(joined) <= limits.MAX_SUMMARY_CHARS else cut_short(_joined([best]), limits.MAX_SUMMARY_CHARS)


def _joined(sentences: Sequence[str]) -> str:
    return _WRAPPED.sub("", " ".join(_in_sentence_case(_ended(sentence)) for sentence in sentences))


def _ended(sentence: str) -> str:
    """Return the sentence with a sign at its end, of its own script."""
    if sentence.rstrip(CLOSING)[-1:] in _ENDS:
        return sentence
    bare = sentence.rstrip(",;，、；،؛")
    return bare + next((stop for first, stop in _STOPS if bare[-1:] >= first), ".")


def _in_sentence_case(sentence: str) -> str:
    """Begin with a capital; text in capitals alone is lowered, a name like iPhone stays."""
    letters = [char for char in sentence if char.isalpha()]
    if len(letters) >= _SHOUTED and all(map(str.isupper, letters)):
        return sentence.capitalize()
    return sentence[:1].upper() + sentence[1:] if sentence[1:2].islower() or sentence[1:2] == " " else sentence
