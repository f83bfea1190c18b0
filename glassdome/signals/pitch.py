"""The plain facts of a sales letter in seven languages: a price by the month, so many clients, sellers who say `we`."""

from __future__ import annotations

import re
from typing import Final

from glassdome.core.words import uncased

__all__ = ["facts_of_pitch"]

#: A price by the month or hour, as advertising names it: `from £4.11 a month`, `ab 149 € im Monat`.
_RATE: Final = re.compile(
    r"(?:[$€£]\s?\d[\d.,]{0,9}|\d[\d.,]{0,9}\s?(?:[$€£]|eur\b|euros?\b|usd\b))[^.!?\n]{0,12}"
    r"(?:\b(?:per|a|im|pro|je|par|la|al|por|il|de|an|el)\s|/)\s?(?:month|hour|week|lead|year|employee|user|seat|word|day|monat|stunde|jahr"
    r"|mitarbeiter|nutzer|tag|mois|heure|minute|an\b|salarié|jour|mes\b|hora|minuto|año|trabajador|mese|ora\b|anno|dipendente|giorno"
    r"|maand|uur|jaar|medewerker|dag\b|mês|ano\b|colaborador|mo\b)"
    r"|(?:\bfrom|\bab|\bdès|à partir de|\bdesde|a partire da|\bvanaf|a partir de|\bda)\s(?:[$€£]\s?)?\d[\d.,]{0,9}\s?(?:[$€£]|eur|usd)?",
)
#: "600 firms in the UK", "für 400 Betriebe", "à 120 entreprises".
_FIRMS: Final = re.compile(
    r"\d{2,9}[.,\d]{0,9}\+?\s(?:million\w{0,2}\s|mil\s|\w{1,20}\s){0,2}?(?:firms|compan|business|clients|customers|brands|teams|offices|studios"
    r"|shops|readers|users|homeowners|orders|people|reviews|betriebe|unternehmen|firmen|kunden|praxen|büros|haushalte|nutzer|mitglieder"
    r"|pme\b|entreprises|sociétés|bureaux|commerces|familles|artisans|foyers|pymes|empresas|clientes|comercios|oficinas|negocios|familias"
    r"|hogares|imprese|aziende|clienti|uffici|negozi|famiglie|mkb|bedrijven|klanten|kantoren|winkels|gezinnen|ondernemers|escritórios"
    r"|lojas|famílias|abonnenten|hotels|hoteles|hotéis|ristoranti|restaurantes|restaurants|agencies|agenturen|agences|agencias|agenzie"
    r"|agências|bureaus)",
)
#: Sellers speak of themselves as `we`, with verbs of making and bringing, or of `our` experts and rates.
_WE_SELL: Final = re.compile(
    r"\b(?:we|wir|wij|nous)\s(?:\w{1,14}\s)?(?:help|deliver|produce|make|build|promote|audit|take|handle|manage|supply|provide|offer|design"
    r"|print|install|sell|rewrite|liefern|bauen|produzieren|gestalten|bieten|drucken|übernehmen|verkaufen|installieren|vermitteln"
    r"|betreuen|bringen|helfen|bezorgen|leveren|maken|bouwen|doen|verzorgen|helpen|plannen|drukken|installeren|verkopen|bieden|livrons"
    r"|produisons|fabriquons|réalisons|créons|gérons|proposons|offrons|vendons|imprimons|installons|aidons|accompagnons|fournissons)\b"
    r"|\b(?:hacemos|fabricamos|producimos|ofrecemos|gestionamos|llevamos|instalamos|imprimimos|vendemos|diseñamos|creamos|ayudamos"
    r"|entregamos|servimos|consegniamo|produciamo|realizziamo|offriamo|gestiamo|elaboriamo|creiamo|vendiamo|installiamo|stampiamo"
    r"|aiutiamo|forniamo|fazemos|produzimos|oferecemos|gerimos|tratamos|criamos|fornecemos)\b"
    r"|\b(?:our|unsere[rn]?|onze|nuestros|nuestras|nossos|nossas|nostri|nostre|nos)\s(?:\w{1,14}\s)?(?:experts|writers|consultants"
    r"|specialists|engineers|clients|services|rates|experten|berater|kunden|leistungen|conseillers|rédacteurs|klanten|diensten"
    r"|adviseurs|expertos|clientes|servicios|asesores|abogados|clienti|servizi|avvocati|esperti|consulenti|serviços|especialistas"
    r"|consultores)\b",
)
_PERCENT: Final = re.compile(r"\d\s?%")
_MONEY_SIGNS: Final = ("$", "€", "£", " euro", " Euro", " EUR")
_OF_RATE, _OF_FIRMS, _OF_WE, _OF_PERCENT, _OF_MONEY = 0.6, 0.8, 0.7, 0.4, 0.3


def facts_of_pitch(text: str) -> float:
    """Return what these facts say for advertising, in points."""
    lowered = uncased(text)
    points = _OF_FIRMS * bool(_FIRMS.search(lowered)) + _OF_WE * bool(_WE_SELL.search(lowered))
    points += _OF_PERCENT * bool(_PERCENT.search(text))
    if any(sign in text for sign in _MONEY_SIGNS):
        points += _OF_MONEY + _OF_RATE * bool(_RATE.search(lowered))
    return points
