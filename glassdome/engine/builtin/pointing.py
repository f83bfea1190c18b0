"""Sentences that only point at an attached file: `Please see the attached document.`"""

from __future__ import annotations

import re
from typing import Final

from glassdome.engine.builtin.words import fold

__all__ = ["only_points", "points"]

#: Words for an attached file, folded, in the languages of the lexicon.
_ATTACHED: Final = re.compile(
    r"\b(?:attach(?:ed|ment|ments|ing)?|enclos(?:ed|ure)|anhang|anlage|anbei|angehangt\w*|angehaengt\w*|beigefugt\w*|beigefuegt\w*|beiliegend\w*"
    r"|ci-?joint\w*|piece[s]? jointe[s]?|en annexe|adjunt\w*|anexo\w*|anexad\w*|allegat\w*|in allegato|bijlage[n]?|bijgevoegd\w*|bijgesloten"
    r"|em anexo|zalacz\w*|w zalaczniku|priloh\w*|prilozen\w*|bifog\w*|vedhæft\w*|vedhaeft\w*|vedlagt|vedlegg|liitteen\w*|csatol\w*|mellekl\w*|atasat\w*"
    r"|pdf)\b"
)
#: Verbs that only send the reader to the file.
_SEE: Final = re.compile(
    r"\b(?:see|find|view|open|read|check|refer to|siehe|sehen sie|finden sie|beachten sie|offnen sie|oeffnen sie|lesen sie|schau\w*|voir|voyez|veuillez (?:trouver|consulter|ouvrir)"
    r"|trouverez|consultez|ouvrez|ver|vea|consulte|abra|encontrara|encuentra|vedi|veda|trova|trovera|apra|consulti|zie|vind\w*|bekijk|open|veja|consulte|segue|seguem)\b"
)
#: Verbs that ask for more than to look.
_MORE: Final = re.compile(
    r"\b(?:sign|return|pay|approve|confirm|fill|complete|send|reply|answer|let me|unterschr\w*|unterzeichn\w*|zuruck\w*|bezahl\w*|uberweis\w*|ueberweis\w*|bestatig\w*|bestaetig\w*"
    r"|freigeb\w*|ausfull\w*|ausfuell\w*|sign(?:er|ez)|renvo\w*|retourn\w*|pay(?:er|ez)|valid\w*|confirm\w*|rempl\w*|firm\w*|devuelv\w*|pag(?:ar|ue)|rellen\w*|complet\w*|respond\w*"
    r"|restitu\w*|compil\w*|rispond\w*|onderteken\w*|terugstur\w*|betaal\w*|bevestig\w*|invul\w*|assin\w*|devolv\w*|preench\w*)\b"
)
_SENTENCE: Final = re.compile(r"[^.!?\n]{1,400}[.!?]?")
#: Letters next to the pointing sentences that a greeting and a closing have, and those of a mail that points at nothing.
_AROUND: Final = 80
_NOTHING: Final = 25
#: Letters from which on a line is no greeting.
_GREETING: Final = 40


def points(sentence: str) -> bool:
    """Return whether a sentence asks for nothing but a look at the attached file."""
    folded = fold(sentence)
    return bool(_ATTACHED.search(folded) and _SEE.search(folded) and not _MORE.search(folded))


def only_points(text: str) -> bool:
    """Return whether a short text says nothing but greetings and that a file is attached."""
    letters, pointed = 0, False
    # Sentence by sentence: most mails say more in the first that is no greeting.
    for found in _SENTENCE.finditer(text):
        folded = fold(found.group())
        if _ATTACHED.search(folded):
            pointed = True
        else:
            more = sum(map(str.isalpha, folded))
            letters += more
            if more > _GREETING or letters > _AROUND:
                return False
        if _MORE.search(folded):
            return False
    return letters <= (_AROUND if pointed else _NOTHING)
