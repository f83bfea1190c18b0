"""Tell from its words whether a mail waits for an answer, speaks to many, or says that there is no hurry."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from glassdome.engine.builtin.words import fold

__all__ = ["has_time", "invites_reply", "speaks_to_many", "wants_reply"]

#: Characters in which a salutation stands, and those in which the rest is looked for.
_SALUTATION_CHARS: Final = 80
_READ: Final = 3_000
#: The signs of a question, by script; the Greek one looks like a semicolon.
_QUESTION: Final = re.compile(r"[?？؟\u037e]|(?<=[Ͱ-Ͽἀ-῿]);|[吗嗎呢か]。")
#: What is asked of the reader that comes back to the writer; by language.
_COMES_BACK: Final = re.compile(
    r"\b(?:let (?:me|us) (?:know|have)|tell (?:me|us)|reply|respond|answer|confirm|send (?:me|us|it|them|over)|give (?:me|us)|call (?:me|us)|ring (?:me|us)|shout|say (?:if|yes|whether)|rsvp|get back|drop (?:me|us)|forward"
    r"|sag\w*|bescheid|antwort\w*|ruckmeldung|ruck\w*meld\w*|meld\w*|bestatig\w*|schick\w*|send\w*|teil\w* (?:mir|uns)|nenn\w*|ruf\w*|zusag\w*|absag\w*"
    r"|dis-moi|dites|repon\w*|confirm\w*|envoy\w*|preven\w*|rappel\w*|(?:fais|faites)-(?:moi|nous)|transmet\w*|donne\w*-(?:moi|nous)|me dire|nous dire|renvoy\w*"
    r"|di(?:me|nos|game|ganos)|decid\w*|respon\w*|envi\w*|mand\w*|avis\w*|cuenta\w*|llam\w*|decirme|decirnos|saber"
    r"|dimmi|dirmi|ditemi|fammi|fatemi|sapere|rispond\w*|conferm\w*|invi\w*|chiam\w*|scriv\w*|avvis\w*|mandar\w*"
    r"|weten|antwoord\w*|reageer\w*|bevestig\w*|stuur\w*|sturen|geef|geven|door te geven|bel|bellen|terugsturen|terugbellen"
    r"|diga\w*|diz-me|dizer|avise\w*|ligue\w*|liga-me|escrev\w*|saber se)\b"
)
_MANY: Final = re.compile(
    r"(?:hi|hello|hey|dear|morning|good morning|afternoon|evening)?,? ?(?:all|everyone|everybody|folks|team|colleagues|members|parents|friends|neighbours|neighbors|customers|you lot|guys|both)\b"
    r"|(?:hallo|liebe[rs]?|guten (?:morgen|tag)|moin|hi|sehr geehrte)?,? ?(?:zusammen|alle|allerseits|miteinander|eltern|kolleginnen|kollegen|mitglieder|nachbarn|nachbarinnen|freunde|leute|team|kunden|damen)\b"
    r"|(?:bonjour|bonsoir|salut|coucou|chers?|cheres?)? ?(?:a )?(?:tous|toutes|tout le monde|l'equipe|toute l'equipe|parents|collegues|amis|membres|voisins|adherents|les \w+)\b"
    r"|(?:hola|buenos dias|buenas(?: tardes)?|queridos|queridas|estimados|estimadas)? ?(?:a )?(?:todos|todas|tod@s|equipo|familias|padres|companeros|companeras|vecinos|vecinas|amigos|amigas|socios|chicas|chicos)\b"
    r"|(?:ciao|buongiorno|buonasera|salve|cari|care|gentili)? ?(?:a )?(?:tutti|tutte|genitori|colleghi|colleghe|soci|condomini|amici|amiche|ragazzi|ragazze|vicini|team)\b"
    r"|(?:dag|hallo|hoi|beste|lieve|goedemorgen|goedemiddag)? ?(?:allemaal|iedereen|allen|ouders|collega's|leden|buren|vrienden|mensen|team|jongens)\b"
    r"|(?:ola|bom dia|boa tarde|boa noite|caros|caras|queridos|queridas|prezados)? ?(?:a )?(?:todos|todas|pessoal|malta|equipa|equipe|gente|pais|colegas|socios|vizinhos|amigos|amigas|condominos)\b"
)
_NO_HURRY: Final = re.compile(
    r"\b(?:not (?:at all |that |so |very )?(?:urgent|pressing)|no (?:rush|hurry|urgency)|nothing urgent|isn't urgent|non-urgent|whenever you (?:can|like)"
    r"|nicht (?:so |sehr )?(?:dringend|eilig)|keine eile|eilt nicht|hat (?:noch )?zeit|pas (?:tres |si )?(?:urgent|presse)|rien d'urgent|sans urgence|pas d'urgence"
    r"|no (?:es|corre) (?:urgente|prisa)|no hay prisa|sin prisas?|non (?:e|c'e) (?:urgente|urgenza|fretta)|senza fretta|niente di urgente"
    r"|niet (?:zo )?(?:dringend|urgent)|geen haast|heeft geen haast|nao (?:e|ha) (?:urgente|urgencia|pressa)|sem pressas?|no reply needed|no need to (?:reply|answer))\b"
)
_REPLY_WORDS: Final = ("reply", "answer this", "antwort", "auf diese", "repond", "respond", "rispond", "beantwoord")
_REPLY_HERE: Final = re.compile(
    r"\b(?<!you can )(?<!simply )by replying\b|(?<!not )(?<!n't )(?<!no )(?<!nao )(?<!non )(?<!niet )(?<!you can )(?<!simply )\b(?:reply to this (?:e-?mail|mail|message)|just reply|answer this (?:e-?mail|mail)|please reply"
    r"|indem sie (?:einfach )?auf diese|antworten sie (?:einfach |bitte )?auf diese|als antwort auf diese|en repondant a ce|repondez (?:simplement )?a ce (?:mail|message|courriel)"
    r"|respondiendo a este|responda a este|responde a este|rispondendo a questa|risponda a questa|rispondi a questa|door (?:op )?deze (?:mail|e-mail) te beantwoorden|beantwoord deze"
    r"|respondendo a este|responda a este|responde a este)\b"
)


def wants_reply(sentences: Iterable[str]) -> bool:
    """Return whether one of the sentences that ask is a question or asks for something that comes back to its writer."""
    return any(_QUESTION.search(sentence[-4:]) or _COMES_BACK.search(fold(sentence)) for sentence in sentences)


def speaks_to_many(text: str) -> bool:
    """Return whether the salutation is for a group: "Dear all", "Liebe Eltern", "Hola a todas"."""
    return _MANY.match(fold(text[:_SALUTATION_CHARS]).lstrip("¡ ")) is not None


def has_time(text: str) -> bool:
    """Return whether the mail itself says that there is no hurry, or that no answer is needed."""
    return _NO_HURRY.search(fold(text[:_READ])) is not None


def invites_reply(text: str) -> bool:
    """Return whether a mail asks its reader to answer it, from any sender."""
    folded = fold(text[:_READ])
    # Few mails hold one of these words, and a plain search for them costs a fraction of the pattern.
    return any(map(folded.__contains__, _REPLY_WORDS)) and _REPLY_HERE.search(folded) is not None
