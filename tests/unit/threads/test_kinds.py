"""Kinds of threads that were read wrongly once: promises inside longer sentences, answers to a part, days that bind nothing."""

from __future__ import annotations

from datetime import date

import pytest

from glassdome.values.thread import ThreadState
from tests.unit.threads.letters import ANN, TOM, letter, mine, standing

pytestmark = pytest.mark.usefixtures("rules_alone")

ME, THEM, CLOSED = ThreadState.OPEN_ME, ThreadState.OPEN_THEM, ThreadState.CLOSED
CLARA = "clara@other.example"
ASKED = {
    "en": "Hello Tom,\n\ncould you send me the plan of the boat?",
    "de": "Hallo Tom,\n\nkannst du mir bitte den Plan vom Boot schicken?",
    "fr": "Bonjour Tom,\n\npeux-tu m'envoyer le plan du bateau ?",
    "es": "Hola Tom:\n\n¿me puedes mandar el plano del barco?",
}


def waits(language: str, answer: str) -> tuple[ThreadState, str]:
    """Return the state and its ground after an answer to the owner's request."""
    found = standing(mine(ASKED[language]), letter(answer, day=1), day=2)
    return found.state, found.debt.basis if found.debt is not None else ""


@pytest.mark.parametrize(
    ("language", "answer"),
    [
        ("en", "The mast costs 400. For the hull let me ask the yard and get back to you."),
        ("de", "Der Mast kostet 400, wegen des Rumpfs frage ich die Werft und melde mich dann bei dir."),
        ("fr", "Le mât coûte 400, pour la coque je demande au chantier et je reviens vers toi."),
        ("es", "El mástil cuesta 400, por el casco pregunto al astillero y te digo algo."),
        ("en", "I'm at sea until the 20th and will look for it then."),
        ("de", "Ich bin bis zum 20. auf See und schicke dir den Plan danach."),
        ("fr", "Je suis en mer jusqu'au 20 et je t'envoie le plan à mon retour."),
        ("es", "Estoy navegando hasta el 20 y te mando el plano a la vuelta."),
    ],
)
def test_a_promise_is_heard_in_one_clause_of_a_sentence(language: str, answer: str) -> None:
    assert waits(language, answer) == (THEM, "promise")


@pytest.mark.parametrize(
    ("language", "answer"),
    [
        ("en", "Your message has been passed to our drawing office."),
        ("de", "Ihre Nachricht wurde an unser Zeichenbüro weitergeleitet."),
        ("fr", "Votre message a été transmis au service des plans."),
        ("es", "Su mensaje se ha trasladado al departamento de planos."),
        ("en", "Sorry, I haven't got round to it."),
        ("de", "Tut mir leid, ich bin noch nicht dazu gekommen."),
        ("fr", "Désolé, je n'ai pas encore eu le temps."),
        ("es", "Perdona, todavía no he podido."),
    ],
)
def test_what_is_passed_on_or_not_done_yet_stays_open(language: str, answer: str) -> None:
    assert waits(language, answer)[0] is THEM


@pytest.mark.parametrize(
    ("language", "answer"),
    [
        ("en", "Sadly no, we are fully booked until October. Try the yard in Hull."),
        ("de", "Leider nein, wir sind bis Oktober ausgebucht. Versuch es in Kiel."),
        ("fr", "Malheureusement non, nous sommes complets jusqu'en octobre."),
        ("es", "Lo siento, pero no, estamos completos hasta octubre."),
    ],
)
def test_a_refusal_that_names_a_day_answers(language: str, answer: str) -> None:
    assert waits(language, answer)[0] is CLOSED


def test_who_promised_may_name_another_day_without_a_verb() -> None:
    turns = [
        mine("Could you send me the plan?"),
        letter("Yes, I'll send it by Wednesday.", day=0),
        letter("I'm on page 4. Could I have a bit longer?", day=2),
        mine("They can wait until the start of next week.", day=2),
        letter("Bless you. Tuesday 10 March, definitely.", day=2),
    ]
    found = standing(*turns, day=4)
    assert found.state is THEM
    assert found.debt is not None
    assert found.debt.due == date(2026, 3, 10)


def test_the_question_that_an_answer_leaves_out_stays_open() -> None:
    asked = mine("First, are there berths left in the second fortnight? Second, can the kitchen cook without gluten?")
    found = standing(asked, letter("Yes, there are four berths in the second fortnight.", day=1), day=7)
    assert found.state is THEM
    assert found.debt is not None
    assert "gluten" in found.debt.quote


def test_an_amount_answers_the_question_for_one() -> None:
    asked = letter("How much do you take for the sails? And can you name us a good diver? We know none.")
    found = standing(asked, mine("As last year, 8 euros a metre.", day=1), letter("Done!", day=1), day=5)
    assert found.state is ME
    assert found.debt is not None
    assert "diver" in found.debt.quote


def test_somebody_else_leaves_it_to_the_one_who_was_asked_by_name() -> None:
    asked = mine("Thanks Tom. Clara, could you send us the texts?", cc=CLARA)
    left = letter("Clara will answer you, I'm off to the fair.", to=ANN, cc=CLARA, day=1)
    assert standing(asked, left, day=1).state is THEM


def test_thanks_alone_take_nothing_on() -> None:
    found = standing(mine("Could you add a test?"), letter("Nice, thanks for looking at it!", day=0), day=5)
    assert found.debt is not None
    assert (found.state, found.debt.basis) == (THEM, "request")


def test_a_patch_asks_for_nothing() -> None:
    patch = "A patch against 2.7, it works on my boat.\n\n--- a/log.py\n+++ b/log.py\n@@ -8,2 +8,3 @@\n+    return week(s)\n"
    assert not letter(patch).requests


@pytest.mark.parametrize(
    "text",
    [
        "Could you tell me if the hall is free at the weekend of 19 September?",
        "Haben Sie vom 14. bis 18. Mai ein Boot frei?",
        "¿El curso es por la mañana o por la tarde?",
        "Pourriez-vous me dire si la salle est libre le week-end prochain ?",
    ],
)
def test_a_day_inside_a_question_is_no_day_by_which(text: str) -> None:
    assert [debt.due for debt in letter(text).requests] == [None]


def test_a_number_behind_by_is_a_day() -> None:
    assert [debt.due for debt in letter("It would be good to have the list by the 26th.").requests] == [
        date(2026, 3, 26)
    ]


def test_the_day_of_a_promise_stands_behind_but() -> None:
    assert [d.due for d in mine("This week I'm busy, but I'll look at it and tell you.").promises] == [None]


@pytest.mark.parametrize(
    "text",
    [
        "As we just discussed on the phone: the new key works on both doors.",
        "Wie eben telefonisch besprochen: der neue Schlüssel passt an beiden Türen.",
        "Comme vu tout à l'heure au téléphone : la nouvelle clé marche sur les deux portes.",
        "Como acabamos de hablar por teléfono: la llave nueva va bien en las dos puertas.",
    ],
)
def test_what_was_settled_by_telephone_is_closed(text: str) -> None:
    asked = letter("Which lock do you have, the old one or the new one?")
    assert standing(asked, letter(text, day=0), day=4).state is CLOSED


@pytest.mark.parametrize(
    "text",
    [
        "Ich müsste bis Freitag (13.3., Druckfreigabe) wissen, ob das so auf die Tube darf.",
        "It would help to know which of the two mornings suits you.",
        "Ce serait utile de savoir lequel des deux matins vous convient.",
        "Sería útil saber cuál de las dos mañanas le conviene.",
        "Es wäre gut zu wissen, welcher der beiden Vormittage passt.",
    ],
)
def test_it_asks_without_a_question_mark(text: str) -> None:
    assert [debt.quote for debt in letter(text).requests] == [text]


def test_a_mail_between_colleagues_answers_no_customer() -> None:
    asked = letter("Which berth may we take on Friday?")
    inside = mine("Bea, you know that one?", to="bea@example.org", day=1)
    told = letter("Yes: number 4.", by="bea@example.org", to=ANN, day=1)
    found = standing(asked, inside, told, day=4)
    assert (found.state, found.debt.quote if found.debt else "") == (ME, "Which berth may we take on Friday?")
    assert TOM in found.people


@pytest.mark.parametrize(
    ("language", "answer"),
    [
        ("en", "It's in the shed, I can take a picture of it on Saturday."),
        ("de", "Der hängt im Schuppen, am Samstag kann ich ihn abfotografieren."),
        ("fr", "Il est dans la remise, je pourrai le prendre en photo samedi."),
        ("es", "Está en el cobertizo, el sábado le puedo sacar una foto."),
    ],
)
def test_who_owes_a_deed_and_can_do_it_on_a_day_promises_it(language: str, answer: str) -> None:
    assert waits(language, answer) == (THEM, "promise")


@pytest.mark.parametrize(
    ("language", "answer"),
    [
        ("en", "Sent it over just now, shout if it doesn't open."),
        ("de", "Eben geschickt, meld dich, falls es nicht aufgeht."),
        ("fr", "Je viens de l'envoyer, dis-moi s'il ne s'ouvre pas."),
        ("es", "Te lo acabo de enviar, avísame si no se abre."),
    ],
)
def test_what_is_wanted_only_where_something_fails_is_no_request(language: str, answer: str) -> None:
    assert waits(language, answer)[0] is CLOSED


@pytest.mark.parametrize(
    "text",
    [
        "Hi Ann, either colour is fine with us, you decide.",
        "Hallo Ann, beide Farben sind uns recht, du hast die Wahl.",
        "Bonjour Ann, les deux couleurs nous vont, à toi de choisir.",
        "Hola, Ann, nos valen los dos colores, elige tú.",
    ],
)
def test_a_choice_left_to_the_owner_is_owed(text: str) -> None:
    assert standing(letter(text), day=3).state is ME


@pytest.mark.parametrize(
    "text",
    [
        "The lift is out of order on Tuesday. We apologise for the inconvenience.",
        "Der Aufzug fällt am Dienstag aus. Wir bitten um Entschuldigung.",
        "L'ascenseur sera arrêté mardi. Veuillez nous excuser pour la gêne.",
        "El ascensor no funcionará el martes. Rogamos disculpen las molestias.",
    ],
)
def test_an_apology_asks_for_nothing(text: str) -> None:
    assert standing(letter(text), day=3).state is CLOSED


def test_a_question_to_anyone_ends_where_its_writer_goes_on_without_it() -> None:
    asked = letter("Dear all,\n\nwho can bring a salad to the feast on Saturday?")
    told = letter("Dear all,\n\n412 euros came in for the new mast. Thanks to all who cooked!", day=8)
    assert standing(asked, told, day=9).state is CLOSED


@pytest.mark.parametrize(
    ("language", "answer"),
    [
        ("de", "Gern, kann aber zwei Wochen dauern."),
        ("es", "Con gusto, pero puede llevarme dos semanas."),
        ("de", "Vielen Dank für Ihre nette Mail, ich habe mich wirklich sehr darüber gefreut."),
        ("fr", "Merci pour votre gentil message, il m'a vraiment fait très plaisir."),
    ],
)
def test_what_takes_a_while_and_long_thanks_pay_nothing(language: str, answer: str) -> None:
    assert waits(language, answer)[0] is THEM
