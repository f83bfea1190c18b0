"""Sentences with the words of a request that want nothing back: for the case of failure, advice for a day to come, and pitches."""

from __future__ import annotations

import re
from typing import Final

from glassdome.engine.builtin.words import fold, words_of

__all__ = ["is_advice", "is_for_failure", "is_notice", "is_pitch", "is_their_own", "speaks_to_all"]

#: Words that begin a condition, that make it one of failure, and that make it a courtesy ("if you don't mind"); folded.
_IF: Final = frozenset(("if", "should", "in", "wenn", "falls", "sollte", "sollten", "si", "s", "en"))
_NOT: Final = frozenset(
    ("not", "t", "cannot", "unable", "problem", "problems", "missing", "wrong", "fails", "trouble", "nicht", "kein", "keine", "keinen",
     "nichts", "problem", "probleme", "fehlt", "fehlen", "pas", "plus", "rien", "aucun", "aucune", "probleme", "problemes", "souci", "empechement",
     "manque", "no", "nada", "ningun", "ninguna", "problema", "problemas", "falta", "faltan", "inconveniente",
     "error", "errors", "mistake", "mistakes", "fehler", "erreur", "erreurs", "coquille", "errores", "fallo", "fallos")
)  # fmt: skip
_MIND: Final = frozenset(
    ("mind", "trouble", "too", "already", "yet", "ausmacht", "dagegen", "schon", "bereits", "noch", "derange", "ennuie", "gene", "deja", "encore",
     "importa", "molesta", "molestia", "ya", "aun", "todavia", "inconvenient", "zu", "trop")
)  # fmt: skip
#: A salutation of many, in the first letters of a mail, and words that want something back from each; folded.
_ALL: Final = re.compile(
    r"\b(?:all|everyone|everybody|folks|neighbours|residents|tenants|parents|members|colleagues|zusammen|alle|allerseits|nachbarn|mieter|eltern|mitglieder|kollegen|tous|toutes|voisins"
    r"|locataires|adherents|collegues|todos|todas|vecinos|padres|socios|companeros)\b"
)
_SALUTATION: Final = 40
_BACK: Final = re.compile(
    r"\b(?:send|tell|let|confirm|return|reply|answer|respond|sign|pay|register|fill|vote|choose|call|write|rsvp|give|bring|back|missing|need\w*|wait\w*|fehl\w*|brauch\w*|wart\w*|manqu\w*|besoin|attend\w*|falt\w*|necesit\w*|esper\w*|schick\w*|send\w*|sag\w*|melde\w*|bestatig\w*|antwort\w*|unterschr\w*"
    r"|uberweis\w*|anmeld\w*|ausfull\w*|wahl\w*|gebt|geben|mitbring\w*|rufen|envoy\w*|dites|confirm\w*|retourn\w*|repon\w*|signe\w*|pay\w*|regl\w*|inscri\w*|rempli\w*|vote\w*|appel\w*|apport\w*"
    r"|envi\w*|mand\w*|dig\w*|decid\w*|devuelv\w*|respond\w*|contest\w*|firm\w*|pag\w*|inscrib\w*|rellen\w*|llam\w*|traig\w*)\b"
)
#: Instructions for an appointment; folded.
_EARLY: Final = re.compile(
    r"\b(?:arrive|come|be there)\b.{0,40}\b(?:early|before|on time|earlier)\b|\b(?:erscheinen|kommen|komm|kommt|seien)\b.{0,40}\b(?:fruher|vorher|punktlich|vor)\b"
    r"|\b(?:arrive[rz]?|presente[rz]?|vene[rz])\b.{0,40}\b(?:avance|avant|heure)\b|\b(?:llegu?[ea]\w*|venga\w*|presente\w*|acuda\w*)\b.{0,40}\b(?:antes|antelacion|puntual\w*)\b"
)
#: Words of the reader; folded, and the German ones that only a capital tells.
_READER: Final = frozenset(
    ("you", "your", "yours", "u", "du", "dir", "dich", "dein", "deine", "deinen", "euch", "euer", "eure", "ihr", "ihre", "ihren", "ihnen", "vous", "votre", "vos",
     "tu", "te", "toi", "ton", "ta", "tes", "usted", "ustedes", "vosotros", "os", "su", "sus", "tus", "ti")
)  # fmt: skip
_YOU: Final = re.compile(r"\bSie\b")
#: Talk of people who sell to strangers, one pattern a trait; folded.
_PITCHES: Final = tuple(
    re.compile(pattern)
    for pattern in (
        r"\b(?:10|15|20|30|ten|fifteen|twenty|thirty|zehn|zwanzig|dix|quinze|vingt|diez|quince|veinte)[- ]?(?:min\w*|minut\w*)\b.{0,60}\b(?:call|chat|demo|zoom|talk|telefon\w*|gesprach|austausch|echange|appel|visio|llamada|reunion|charla)\b"
        r"|\b(?:10|15|20|30) (?:minutes|minuten|minutos)\b.{0,30}\b(?:for|fur|pour|para|time|zeit)\b|\b(?:quick|short|kurzes?|bref|breve) (?:call|chat|demo|telefonat|gesprach|appel|llamada)\b",
        r"\b(?:businesses|companies|teams|firms|organi[sz]ations|betrieben?|unternehmen|firmen|entreprises|societes|empresas|negocios) (?:like|such as|wie|comme|como)\b",
        r"\b(?:came across|found|browsing|saw|stumbled (?:up)?on|looking at|visited) your (?:profile|website|site|company|linkedin|page)|\bauf (?:ihr|dein|ihre|deine) (?:profil|website|webseite|firma|unternehmen|homepage)\b.{0,40}\b(?:gestossen|aufmerksam)|\b(?:decouvert|visite|consulte|vu) votre (?:profil|site|entreprise)|\b(?:he visto|visite|encontre) (?:tu|su) (?:perfil|web|pagina|empresa)",
        r"\b(?:our|unsere?|notre|nuestr[ao]) (?:platform|solution|software|tool|plattform|losung|plateforme|solution|logiciel|plataforma|solucion|herramienta)\b",
        r"\b(?:save|increase|boost|grow|generate|double|cut|reduce|sparen|steigern|gewinnen|economiser|augmenter|gagner|reduire|ahorrar|aumentar|conseguir|reducir)\b.{0,40}\b(?:hours|leads|sales|revenue|costs|customers|clients|clicks|stunden|umsatz|kosten|kunden|mitarbeiter|heures|ventes|couts|horas|ventas|costes|clientes)\b",
        r"\b(?:bumping this|right person (?:to|for)|float(?:ing)? this|circling back|following up on my (?:last|previous|earlier|e-?mail|message|note)|(?:richtiger?|richtige) ansprechpartner\w*|bonne personne|bon interlocuteur|persona (?:adecuada|indicada))",
        r"\b(?:something you'd|something that would|would you be|waere das|ware das|seriez-vous|te|le) (?:be interested|interest you|open to|interessant|interesse|interesaria)\b",
        r"\b(?:growth|sales|business development|account|partnerships?) (?:partner|manager|executive|lead|representative)\b|\bvertrieb\b|\bresponsable commerciale?\b|\bdirectora? comercial\b|\bcommercial\b",
    )
)  # fmt: skip
#: Traits that make a pitch, and the letters that are read.
_TRAITS: Final = 2
_READ: Final = 3000
#: Words of advice, and those that make it a request of the writer's own ("remember to send me"); folded.
_ADVICE: Final = re.compile(
    r"\b(?:remember|don'?t forget|do not forget|bring\b.{1,60}\b(?:along|with you)|make sure (?:you|to) bring|(?:denk|denkt|denken sie)\b.{0,20}\ban\b|vergiss|vergesst|vergessen sie|mitbringen"
    r"|bringen sie\b.{1,60}\bmit|bring\b.{1,60}\bmit|(?:n')?oublie[zr]? pas|pense[zr]? a|(?:vous )?munir|munissez|apporte[zr]?|(?:no )?olvid\w+|acuerd[ae]\w*|recuerd[ae]\w*|traiga[ns]?|trae[rd]?|traete)\b"
)
_OWN: Final = frozenset(
    ("me", "us", "my", "our", "i", "we", "mir", "mich", "uns", "unser", "unsere", "mein", "meine", "ich", "wir", "nous", "moi", "m", "nos", "mi", "mis",
     "nuestro", "nuestra", "answer", "reply", "antwort", "reponse", "respuesta", "send", "schicken", "senden", "envoyer", "enviar",
     "traerme", "traernos", "traeme", "enviarme", "mandarme", "decirme")
)  # fmt: skip


def is_for_failure(text: str) -> bool:
    """Return whether a sentence wants something only where something fails ("If you can't make it, tell me")."""
    first, comma, rest = text.partition(",")
    words = words_of(fold(first))
    if not comma or not rest.strip() or not words or words[0] not in _IF:
        return False
    return not _NOT.isdisjoint(words[1:]) and _MIND.isdisjoint(words)


def is_advice(text: str) -> bool:
    """Return whether a sentence reminds the reader of something to bring or to think of ("Please remember your card")."""
    folded = fold(text)
    return not text.endswith("?") and _ADVICE.search(folded) is not None and _OWN.isdisjoint(words_of(folded))


def is_pitch(text: str) -> bool:
    """Return whether a mail reads like one of somebody who sells to strangers: two traits of it at least."""
    folded = " ".join(fold(text[:_READ]).split())
    return sum(pattern.search(folded) is not None for pattern in _PITCHES) >= _TRAITS


def speaks_to_all(text: str) -> bool:
    """Return whether a mail's first words greet many ("Dear residents")."""
    return _ALL.search(fold(text[:_SALUTATION])) is not None


def is_notice(text: str, *, to_all: bool) -> bool:
    """Return whether a sentence instructs for a day to come, without anything to send back."""
    folded = fold(text)
    if text.endswith("?") or not _OWN.isdisjoint(words_of(folded)):
        return False
    return _EARLY.search(folded) is not None or (to_all and _BACK.search(folded) is None)


def is_their_own(text: str) -> bool:
    """Return whether a sentence names neither reader nor writer ("The spare part is missing"): in a mail that promises, it
    gives the reason."""
    words = words_of(fold(text))
    named = _YOU.search(text) is not None or not _READER.isdisjoint(words) or not _OWN.isdisjoint(words)
    return not text.endswith("?") and not named
