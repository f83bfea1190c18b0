"""Kinds of threads in which a reminder was wrong once: words of a request that want nothing, plans, news, and answers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from glassdome.threads.standing import OpenDebt, may_remind
from glassdome.values.thread import Debt, ThreadState
from tests.unit.threads.letters import COLLEAGUE, START, TOM, letter, mine, standing

pytestmark = pytest.mark.usefixtures("rules_alone")

ME, THEM, CLOSED = ThreadState.OPEN_ME, ThreadState.OPEN_THEM, ThreadState.CLOSED


@pytest.mark.parametrize(
    "text",
    [
        "The visit is on Thursday at eleven. If you can't make it, tell me and we find another time.",
        "Der Besuch ist am Donnerstag um elf. Wenn du nicht kannst, sag es mir und wir suchen eine andere Zeit.",
        "La visite est jeudi à onze heures. Si tu ne peux pas, dis-le-moi et on cherche une autre heure.",
        "La visita es el jueves a las once. Si no puedes, me lo dices y buscamos otra hora.",
    ],
)
def test_a_wish_in_case_of_failure_is_not_owed(text: str) -> None:
    assert standing(letter(text), day=9).state is CLOSED


def test_a_courtesy_is_no_case_of_failure() -> None:
    assert standing(letter("If you don't mind, send me the plan again."), day=9).state is ME


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("Does the 4th suit you?", "Noted, see you then. Please remember your insurance card."),
        ("Passt dir der 4.?", "Ist notiert, bis dann. Bitte denken Sie an die Versichertenkarte."),
        ("Le 4 vous convient-il ?", "C'est noté, parfait. N'oubliez pas votre carte vitale."),
        ("¿Le viene bien el día 4?", "Perfecto, apuntado. No olvide la tarjeta sanitaria."),
    ],
)
def test_advice_in_a_confirmation_asks_for_no_answer(asked: str, told: str) -> None:
    request = mine(asked)
    answer = letter(told, day=1, In_Reply_To=f"<{request.message_id}>")
    assert standing(request, answer, day=9).state is CLOSED


@pytest.mark.parametrize(
    "back",
    [
        "Panic over, the neighbours had one all along. Leave yours where it is!",
        "Entwarnung, die Nachbarn haben eine. Lass deine im Keller!",
        "Fausse alerte, les voisins en ont une.",
        "Falsa alarma, los vecinos tienen una.",
        "Laisse tomber, je me demande bien qui l'y a mise.",
    ],
)
def test_who_found_it_elsewhere_needs_nothing_any_more(back: str) -> None:
    turns = [letter("Could we borrow the ladder?"), mine("I'll tell you tomorrow."), letter(back, day=1)]
    assert standing(*turns, day=9).state is CLOSED


@pytest.mark.parametrize("thanks", ["That's plenty, thanks.", "Fine, thank you."])
def test_thanks_do_not_answer_which_of_two(thanks: str) -> None:
    assert standing(mine("Is the wood oiled or lacquered?"), letter(thanks, day=1), day=9).state is THEM


def test_a_plan_of_ones_own_in_a_mail_that_asks_is_no_promise() -> None:
    turns = [
        mine("Ich will die Rechnung fertig machen. Trägst du bitte deine Stunden noch nach?"),
        letter("Ups. Zählt die Fahrt als Arbeitszeit oder extra?"),
        mine("Als Arbeitszeit.", day=1),
    ]
    found = standing(*turns, day=9)
    assert found.debt is not None
    assert (found.state, found.debt.basis) == (THEM, "request")


@pytest.mark.parametrize(
    "plan",
    [
        "Super clear, thanks. I'll keep it for when the budget is through.",
        "Super, danke. Ich lege es zu den Akten.",
        "Se lo digo así a la editorial. ¡Gracias!",
    ],
)
def test_who_owes_nothing_and_thanks_promises_nothing(plan: str) -> None:
    turns = [letter("What would it cost?"), mine("460 euros, four working days."), letter(plan, day=1)]
    assert standing(*turns, day=20).state is CLOSED


def test_thanks_for_news_leave_the_promise_of_a_day_to_come_open() -> None:
    turns = [
        mine("Was kostet der Riemen?"),
        letter("Den Preis nenne ich Ihnen bis Montag."),
        mine("Alles klar, danke für die schnelle Antwort!"),
    ]
    found = standing(*turns, day=9)
    assert found.debt is not None
    assert (found.state, found.debt.due) == (THEM, date(2026, 3, 9))


def test_an_invitation_that_was_accepted_is_settled() -> None:
    turns = [
        mine("I'll put the visit down for Thursday 12 March at eleven."),
        letter("Tom Baker has accepted the invitation.", subject="Accepted: Visit", day=1),
    ]
    assert standing(*turns, day=20).state is CLOSED


def test_a_sentence_that_tells_when_somebody_is_back_leaves_nothing_to_them() -> None:
    asked = letter("Ich bräuchte die Maße und eine Ansage, wer vor Ort ist.", cc=COLLEAGUE)
    told = letter(
        "Die Wand ist 39 mal 24. Vor Ort bin ich ab 7:30 Uhr, Ann kommt erst am Messetag.", by=COLLEAGUE, to=TOM, day=1
    )
    assert standing(asked, told, day=9).state is CLOSED


PITCHES = [
    "I came across your profile and our platform could save you 10 hours a week. Do you have 15 minutes for a call?",
    "Wir helfen Betrieben wie Ihrem, Kunden zu gewinnen. Hätten Sie 15 Minuten Zeit für ein kurzes Telefonat?",
    "Nous accompagnons des entreprises comme la vôtre. Auriez-vous 15 minutes pour un échange téléphonique ?",
    "Ayudamos a empresas como la tuya a conseguir más clientes. ¿Tendrías 15 minutos para una llamada?",
]


@pytest.mark.parametrize("text", PITCHES)
def test_a_stranger_who_sells_is_owed_no_answer_nor_when_they_ask_again(text: str) -> None:
    again = letter("Did you get a chance to look at my note?", day=4)
    assert standing(letter(text), again, day=9).state is CLOSED


@pytest.mark.parametrize("text", PITCHES)
def test_one_whom_the_owner_wrote_to_is_no_stranger(text: str) -> None:
    assert standing(mine("Thanks for the talk at the fair."), letter(text, day=1), day=9).state is ME


@pytest.mark.parametrize(
    ("asked", "back"),
    [
        ("Do you have the code of the gate?", "All good, the neighbour let me in."),
        ("Hast du den Code vom Tor?", "Alles gut, der Nachbar hat mich reingelassen."),
        ("Tu aurais le code du portail ?", "C'est bon, le voisin m'a ouvert."),
        ("¿Tienes el código del portal?", "Ya está, me ha abierto el vecino."),
    ],
)
def test_who_tells_that_all_is_well_before_an_answer_needs_none(asked: str, back: str) -> None:
    assert standing(letter(asked), letter(back, day=1), day=9).state is CLOSED


@pytest.mark.parametrize(
    "text",
    [
        "I'll send both drafts to the printer as soon as you've told me which one.",
        "Ich gebe beides in Druck, sobald du mir sagst, welcher Entwurf es wird.",
        "Je lance l'impression dès que vous m'avez dit laquelle.",
        "En cuanto me digas cuál, lo mando a imprenta.",
    ],
)
def test_who_waits_for_a_word_before_they_go_on_asks_for_it(text: str) -> None:
    assert standing(letter(text), day=9).state is ME


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("It came to 84 each. Would you transfer your share?", "Yikes! Worth every penny though."),
        ("¿Me haces una transferencia?", "¡Qué bonito quedó!"),
    ],
)
def test_who_only_exclaims_has_done_nothing(asked: str, told: str) -> None:
    assert standing(mine(asked), letter(told, day=1), day=9).state is THEM


def test_no_reminder_builds_on_words_that_may_promise_something_else() -> None:
    debt = Debt(basis="promise", quote="I might tell the harbour.", due=date(2026, 3, 4), action=True)
    item = OpenDebt(debt=debt, mine=True, creditor=TOM, since=START)
    later = START + timedelta(days=9)
    assert may_remind(item, later)
    assert not may_remind(replace(item, sure=False), later)


@pytest.mark.parametrize(
    "text",
    [
        "Dear residents,\n\nthe street is closed on Saturday. Please move your cars by Friday night.",
        "Liebe Mieter,\n\nam Dienstag wird gestrichen. Bitte halten Sie die Fenster geschlossen.",
        "Bonjour à tous,\n\nl'eau sera coupée mardi de 9 h à midi. Pensez à faire des réserves.",
        "Buenos días a todos:\n\nel martes se cortará el agua. Por favor, tengan agua guardada.",
        "Your visit is booked for 12 March at 9:15. Please arrive ten minutes early.",
    ],
)
def test_an_instruction_to_all_or_for_an_appointment_wants_no_answer(text: str) -> None:
    assert standing(letter(text), day=20).state is CLOSED


@pytest.mark.parametrize(
    "text",
    ["Dear parents,\n\nplease return the slip by Friday.", "Liebe Eltern,\n\nbitte schickt mir die Liste bis Freitag."],
)
def test_what_many_must_send_back_is_owed(text: str) -> None:
    assert standing(letter(text), day=20).state is ME


@pytest.mark.parametrize(
    "told",
    [
        "The spare part is still missing. We'll call you as soon as it is here.",
        "Das Ersatzteil fehlt noch. Wir rufen Sie an, sobald es da ist.",
        "Il manque une pièce. Nous vous appelons dès qu'elle arrive.",
        "Falta una pieza. Le llamamos en cuanto llegue.",
    ],
)
def test_the_reason_for_a_promise_asks_for_nothing(told: str) -> None:
    found = standing(mine("When can I fetch the car?"), letter(told, day=1), day=9)
    assert found.debt is not None
    assert (found.state, found.debt.basis) == (THEM, "promise")
