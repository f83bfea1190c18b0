"""Separates the steps that a program's mail asks for from its conditions, links to read and footers."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["is_choice", "is_condition", "is_furniture", "is_order", "is_step", "only_answers"]

_CONDITION: Final = re.compile(
    r"(?:(?:but|however|aber|mais|pero|ma|maar|mas|please note that|bitte beachten sie|note),? )?"
    r"(?:if|in case|should you|unless|wenn|falls|sollte[nst]*|si(?! prega)|au cas ou|en caso|caso"
    r"|se(?! (?:ruega|requiere|solicita|pide|necesita|cierra))|qualora|nel caso|als (?:u|je|jij|dit|het|de)|indien|mocht)\b"
)
#: Verbs of following a link, and of the act there; in English, German, French, Spanish, Italian, Dutch, Portuguese.
_GO: Final = re.compile(
    r"\b(?:click|clicking|tap|press|follow|go to|going to|visit|visiting|open|use|via"
    r"|klick\w*|folge\w*|offne\w*|rufen|gehe\w*|besuche\w*|uber den"
    r"|cliqu\w+|suivez|suivre|suivant|ouvr\w+|rendez|rendre|dirigez|lien"
    r"|clic|pulse|pulsa|siga|sigue|abra|abre|visite|visita|entra|enlace"
    r"|clicca\w*|cliccando|fare clic|segui\w*|apri|apra|vai|vada|visiti|collegamento"
    r"|klik\w*|volg|ga naar|gaat u naar|bezoek|link"
    r"|clique\w*|clicando|acess\w+|aceda|va ate|ligacao)\b"
)
_DONE_THERE: Final = re.compile(
    r"\b(?:activate|confirm|verify|reset|choose (?:a|your)|recover (?:your|the)|set (?:a|your|up)|pay for|to pay|complete (?:your|the)|accept|decline|unlock|change (?:your|the) (?:pass|e)\w*|reconfirm|re-?enable|approve"
    r"|aktivier\w*|zu ?aktivieren|bestatig\w*|verifizier\w*|zuruck\w*setzen|zuruckzusetzen|wiederherst\w*|neues passwort|zu bezahlen|anzunehmen|annehmen|abzulehnen|freischalten|festleg\w*|anzulegen"
    r"|activer|confirmer|verifier|reinitialiser|choisir|definir|changer (?:votre|ton) mot|payer|regler|accepter|refuser|debloquer"
    r"|activar|confirmar|verificar|restablecer|establecer|elegir|cambiar (?:su|tu|la) contrasena|pagar|aceptar|rechazar|desbloquear|recuperar"
    r"|attivare|confermare|verificare|reimpostare|scegliere|impostare|cambiare (?:la|tua)|pagare|accettare|rifiutare|sbloccare|reinizializzare"
    r"|activeren|bevestigen|verifieren|te herstellen|opnieuw in te stellen|kies een|te kiezen|in te stellen|te betalen|accepteren|te weigeren"
    r"|ativar|redefinir|definir|escolher|repor|alterar (?:a |sua )|aceitar|recusar|desbloquear)\b"
)
#: Sentences that say what waits for their reader without asking.
_WAITS: Final = re.compile(
    r"\b(?:(?:your|ihre|votre|su|tu|la tua|a sua|uw|je) (?:authori[sz]ation|approval|consent|einwilligung|zustimmung|freigabe|autorisation|approbation|autorizacion|aprobacion|autorizzazione|approvazione"
    r"|autorizacao|aprovacao|goedkeuring|toestemming|abonnement|subscription|suscripcion|iscrizione|inscricao) (?:is requested|is required|is needed|ist (?:fur|notig|erforderlich)|als administrator|est (?:necessaire|requise)|es necesaria|e (?:necessari|richiest|solicitad|necessari)\w*|is nodig)"
    r"|(?:se requiere su|e richiesta la tua|e necessaria la tua) (?:autorizacion|autorizzazione)|attend to (?:this|it|them)|atiendalas|vous en occuper|prenditene cura|zu ihrer bearbeitung"
    r"|por favor,? (?:paga|pague|revise|revisa|complete|abone)|bitte (?:uberpruf|pruf|zahl|bezahl|uberweis|schliess)\w*|please (?:continue by|pay|complete your|finish your|check in)|veuillez (?:payer|regler|effectuer|finaliser|completer)|(?:ti|la) preghiamo di (?:effettuare|pagare|completare)|(?:beoordeel|controleer en betaal|betaal)\b|reviselo\b"
    r"|(?:waiting|warten|wartet|en attente|pendientes?|in attesa|aguarda\w*|wacht\w*) (?:for|auf|de|di|da|por|op) (?:your|ihre|votre|su|tu|la tua|a sua|uw|je) (?:approval|review|freigabe|prufung|validation|aprobacion|approvazione|aprovacao|goedkeuring)"
    r"|(?:are|remains?|(?:is|are) still) outstanding|(?:is|are) still (?:missing|unpaid)|steh(?:t|en) noch aus|fehl(?:t|en) (?:uns |mir )?noch|manque(?:nt)? (?:encore|toujours)"
    r"|siguen? (?:pendientes?|faltando)|manca(?:no)? ancora|ontbre(?:ekt|ken) nog|ainda faltam?|continuam? em falta"
    r"|moderation requests waiting|proceed with the payment|mit der zahlung fortfahren|proceder a son paiement|realizar el pago"
    r"|procedere (?:con il|al) pagamento|prosseguir com o pagamento|prosseguir para o pagamento|doorgaan met de betaling|proceder con el pago|proceder ao pagamento)"
)
#: What a heading, a label of a link or a footer ends with or is parted by.
_LINK_END: Final = (">", "→", "»", "›")
_PARTING: Final = ("·", "|", "•")
_PARTED: Final = re.compile(rf"\s[{''.join(_PARTING)}]\s")
_ADDRESS: Final = re.compile(r"[^\s@]{1,64}@[^\s@]{1,250}$")
_FEW_WORDS: Final = 4
#: A question of at most so many words is one that what follows depends on.
_CHOICE_WORDS: Final = 9
#: Orders by their form; what else has that form is left out.
_ORDERS: Final = {
    "en": re.compile(
        r"(?:charge|replace|renew|return|collect|pick up|hand in|submit|activate|upload|sign|pay|save) (?:the|your|this|that|it|them|all)\b"
    ),
    "de": re.compile(
        r"(?!(?:haben|konnen|durfen|mochten|wollen|sollen|werden|sind|wurden|konnten|finden|entdecken|profitieren|erfahren|lesen|nutzen|besuchen|sehen|hatten|wissen|kennen|erhalten) sie)\w{2,20}n sie\b"
    ),
    "fr": re.compile(
        r"(?!(?:chez|assez|avez|etes|pouvez|voulez|aurez|serez|allez|devez|trouverez|recevrez|profitez|decouvrez|retrouvez|sachez|notez)\b)\w{2,20}ez\b(?!-vous pas)"
    ),
    "es": re.compile(
        r"(?:decid|avisad|llevad|traed|mandad|enviad|confirmad|llamad|responded|contad|venid|poned|pasad|haced|pensad|apuntad|guardad|mirad)(?:me|nos|lo|la|le|selo)?\b|(?:dime|dinos|avisame|avisanos|cuentame|mandame|llamame|respondeme|pasame|traeme|apuntate)\b"
    ),
    "it": re.compile(
        r"(?:ditemi|fatemi|mandatemi|rispondetemi|chiamatemi|scrivetemi|confermatemi|portate|mandate|rispondete|chiamate|venite|scrivete|segnatevi|ricordatevi|ricordati|rispondimi|scrivimi|chiamami|confermami|passami|portami|dammi|dimmi|fammi|mandami)\b"
    ),
    "nl": re.compile(
        r"(?:laat|stuur|geef|bel|meld|mail|neem|breng|kom|zet|vul|schrijf|wijzig|verander|reageer|betaal|lever|haal|denk)\b"
    ),
    "pt": re.compile(
        r"(?:diz|digam?|avisem?|mandem?|respondam?|liguem?|confirmem?|tragam?|venham?|enviem?|levem?|escrevam?|passem?|facam?|manda|traz|liga|responde|avisa|confirma|escreve)(?:-(?:me|nos|lhe|o|a))?\b"
    ),
}
_ANSWER: Final = re.compile(
    r"(?:so |or |please |just |bitte |sag |gib |lass |merci de |por favor,? |allora )*(?:let me know|let us know|tell me|drop me a line"
    r"|(?:es )?mich (?:kurz )?wissen|(?:mir )?(?:kurz )?bescheid|dis(?:-| )moi|dites(?:-| )moi|me (?:dire|le dire)|avisame|aviseme|dime(?:lo)?|fammi sapere|fatemi sapere|mi faccia sapere"
    r"|laat het (?:me|mij|even|ons)? ?weten|avisa-me|me avise|diz-me|diga-me)(?: (?:please|bitte|by return|kurz|then))?"
)


def is_condition(folded: str) -> bool:
    """Return whether a folded sentence begins with a condition: "If this was not you, change your password"."""
    return _CONDITION.match(folded.lstrip("-*• ")) is not None


def is_step(folded: str) -> bool:
    """Return whether a folded sentence sends its reader somewhere to do something, or names what awaits them."""
    if is_condition(folded):
        return False
    return _WAITS.search(folded) is not None or (
        _DONE_THERE.search(folded) is not None and _GO.search(folded) is not None
    )


def is_choice(folded: str) -> bool:
    """Return whether a folded sentence is a short question that what follows depends on: "Can't come? Tell us."."""
    return folded.endswith("?") and len(folded.split()) <= _CHOICE_WORDS


def is_order(folded: str, language: str) -> bool:
    """Return whether a folded sentence begins with a verb in the form of an order: "Klingeln Sie", "Prévoyez une laine"."""
    pattern = _ORDERS.get(language)
    return pattern is not None and not folded.endswith("?") and pattern.match(folded.lstrip("-*• ")) is not None


def only_answers(folded: str) -> bool:
    """Return whether a folded sentence only asks for an answer: after a question, "just let me know" is no request of its own."""
    return _ANSWER.fullmatch(folded.strip(" .!")) is not None


def is_furniture(text: str) -> bool:
    """Return whether a line is the label of a link, an address or a footer."""
    if text.endswith(_LINK_END) or (any(map(text.__contains__, _PARTING)) and len(_PARTED.findall(text)) > 1):
        return True
    if "@" not in text:
        return False
    words = text.split()
    return len(words) <= _FEW_WORDS and _ADDRESS.search(words[-1]) is not None
