"""Files as many programs write them: the words planted in each are found, in their place, with links and facts."""

from __future__ import annotations

import gzip
from typing import NamedTuple

import pytest

from glassdome.values.document import Document
from tests.unit.files.made import DATA, read_bytes, sample, words_of

#: The report that pandoc wrote, and other programs wrote again.
REPORT = ("Überblick", "12. Juni 2026", "東京 und Αθήνα, Łódź", "pandocnote", "quoteword", "definitionword", "codeword")
PROGRAMME = ("https://tagung.broemmel.example/programm", "the programme page")
NOTICE = (
    "headerword", "Frau Łukasik", "30. September 2026", "footnoteword: § 580a BGB", "endnoteword", "spannedword",
    "listword", "nestedword", "textboxword", "東京 مرحبا Привет",
)  # fmt: skip
FORM = ("https://mieter.sandmann.example/formular", "the form")
CASH = ("2026-02-03\tBüromöbel\t412.90 €", "Łódź\t96.50 €", "hiddenrowword", "hiddencolumnword", "mergedword 東京")
HOTEL = ("https://hotel.sandmann.example/rechnung", "Übernachtung Łódź")
STOCK = (
    "richword M6\t2026-01-19\t17.25",
    "12.5%",
    "14:30",
    "Summe cachedword\t\t690.00",
    "textboxword",
    "tabledataword\t5",
)
PLAN = ("https://plan.broemmel.example/ziele", "the plan")
CONTACT = ("Sandmann GmbH", "Vertrieb orgword", "Prokurist", "Nur vormittags, noteword 東京")


class Planted(NamedTuple):
    """The words that are seen, the links with their words, and facts."""

    words: tuple[str, ...]
    links: tuple[tuple[str, str], ...] = ()
    facts: tuple[tuple[str, str, str], ...] = ()


FILES = {
    "office/report-pandoc.docx": Planted((*REPORT, "Saalmiete\t1.240,50 €", "deepword", "a2+b2=mathword"), (PROGRAMME,)),
    "office/report-abiword.docx": Planted((*REPORT, "Saalmiete\t1.240,50 €", "deepword"), (PROGRAMME,)),
    "office/minutes-pythondocx.docx": Planted(
        ("headerword", "firstheaderword", "footerword", "innertableword", "Hausgeld 285,40 €\t7\t0", "mergedword",
         "listeneins", "Привет, мир; 会議は五月四日", "secondpageword")
    ),
    "office/report-pandoc.odt": Planted((*REPORT, "Saalmiete\t1.240,50 €", "deepword", "a2+b2=mathword"), (PROGRAMME,)),
    "office/report-abiword.odt": Planted((*REPORT, "Saalmiete\t1.240,50 €", "deepword"), (PROGRAMME,)),
    "office/notice-libreoffice.odt": Planted((*NOTICE, "Kaution\t1.150,00 €", "breakword\ttabword"), (FORM,)),
    "office/notice-libreoffice.doc": Planted((*NOTICE, "Kaution\t1.150,00 €", "breakword\ttabword", "commentword"), (FORM,)),
    "office/report-libreoffice.doc": Planted((*REPORT, "Saalmiete\t1.240,50 €", "commentpandoc"), (PROGRAMME,)),
    "office/report-pandoc.rtf": Planted((*REPORT, "1.240,50 €", "deepword", "mathword"), (PROGRAMME,)),
    "office/report-abiword.rtf": Planted((*REPORT, "Saalmiete\t1.240,50 €"), (PROGRAMME,)),
    "office/cash-openpyxl.xlsx": Planted((*CASH, "pageheaderword"), (HOTEL,), (("number", "412.90 €", "sheet Kasse, cell C2"),)),
    "office/cash-gnumeric.xlsx": Planted((*CASH, "Summe\t509.40 €", "pageheaderword")),
    "office/stock-xlsxwriter.xlsx": Planted((*STOCK, "TRUE\t#DIV/0!"), (("https://lager.sandmann.example/m6", "linkword"),)),
    "office/stock-libreoffice.ods": Planted(STOCK, (("https://lager.sandmann.example/m6", "linkword"),)),
    "office/cash-gnumeric.ods": Planted(
        ("2026-02-17\tÜbernachtung Łódź\t96.5", "Summe\t509.4", "mergedword 東京"), (), (("sheet", "Löhne", "sheet Löhne"),)
    ),
    "office/cash-gnumeric.xls": Planted((*CASH, "Summe\t509.40 €", "cellcommentword")),
    "office/cash-xlwt.xls": Planted(
        ("2026-02-03\tBüromöbel\t412.90 €", "Łódź\t96.00 €", "hiddenrowword", "mergedword 東京", "rich boldword", "TRUE")
    ),
    "office/deck-pandoc.pptx": Planted(("Planung Frühjahr", "April\ttableword", "leftword", "rightword"), (PLAN,)),
    "office/deck-libreoffice.odp": Planted(("Planung Frühjahr", "April\ttableword", "leftword", "rightword"), (PLAN,)),
    "office/deck-libreoffice.ppt.gz": Planted(("Planung Frühjahr", "tableword", "leftword", "rightword")),
    "office/talk-libreoffice.pptx": Planted(("shapeword Αθήνα", "950,00 € tableword", "groupword", "группа")),
    "office/talk-libreoffice.odp": Planted(("shapeword Αθήνα", "950,00 € tableword", "groupword", "группа")),
    "office/talk-libreoffice.ppt.gz": Planted(("shapeword Αθήνα", "950,00 € tableword", "groupword", "группа")),
    "tables/ledger-libreoffice.csv": Planted(
        ("03.02.2026\tBüromöbel\t412.90 €", "Übernachtung Łódź", "formulaword\t509.40 €", "mergedword 東京"),
        (), (("cell", "Übernachtung Łódź", "cell B3"),),
    ),
    "tables/cash-gnumeric.csv": Planted(("03.02.2026\tBüromöbel\t412.90 EUR", "Übernachtung Lódz", "hiddencolumnword")),
    "tables/clients-sqlite.csv": Planted(
        ('Müller, Jörg\t1250.5\tsagte "bald"', "zeile eins multilineword", "東京\t\tquoteword"),
        (), (("number", "-12", "cell B3"),),
    ),
    "tables/clients-sqlite.tsv": Planted(("Müller\t1250.5\ttabword", "Östberg\t88.2")),
    "pages/notice-libreoffice.html": Planted((*NOTICE, "1.150,00 €", "breakword tabword"), (FORM,)),
    "pages/ledger-libreoffice.html": Planted(("Büromöbel 412.90 €", "formulaword 509.40 €", "mergedword 東京"), (HOTEL,)),
    "pages/cash-gnumeric.html": Planted(("03.02.2026 Büromöbel 412.90 €", "Łódź 96.50 €", "mergedword 東京")),
    "pages/report-pandoc.html": Planted((*REPORT, "Saalmiete 1.240,50 €", "a2 + b2 = mathword"), (PROGRAMME,)),
    "drawings/flow-graphviz.svg": Planted(
        ("titleword", "Prüfung boxword", "Zahlung 東京 bis 9. März 2026", "freigabeword"),
        (("https://ablauf.sandmann.example/pruefung", "Prüfung boxword"),),
    ),
    "drawings/plot-gnuplot.svg": Planted(("März plottitleword", "axisword", "42,7 kWh labelword", "keyword Größe")),
    "drawings/sketch-libreoffice.svg": Planted(
        ("Lageplan Größe sketchword", "linkedword"), (("https://lage.sandmann.example/plan", "linkedword"),)
    ),
    "calendars/week-calcurse.ics": Planted(
        ("Steuerberatung Größe calcurseword", "Betriebsferien dayword", "taskword"), (),
        (("date", "2026-08-03", "event 1"), ("recurrence", "FREQ=WEEKLY;UNTIL=20260728T081500", "event 2"),
         ("datetime", "2026-06-12T10:00:00", "event 3"))
    ),
    "calendars/heating-khal.ics": Planted(
        ("Prüfung der Heizung khalword", "Zugang über den Hof"),
        (("https://haus.sandmann.example/heizung", ""), ("https://hof.sandmann.example/plan", "")),
        (("datetime", "2026-06-18T14:00:00 Europe/Berlin", ""), ("place", "Lange Straße 5, Hannover", ""),
         ("recurrence", "FREQ=WEEKLY;UNTIL=20260731T220000Z", "")),
    ),
    "calendars/cancelled-icalendar.ics": Planted(
        ("cancelword", "Fällt aus.", "descriptionword und 東京, damit die Zeile gefaltet wird."),
        (("https://termine.sandmann.example/neu", ""),),
        (("status", "cancelled", ""), ("datetime", "2026-06-24T18:30:00 Europe/Berlin", ""), ("name", "Brömmel, Eva", ""),
         ("place", "Gemeindesaal; Görlitz, Raum 2", ""), ("recurrence", "FREQ=MONTHLY;COUNT=3;BYDAY=4WE", "")),
    ),
    "calendars/phone-gammu.vcs": Planted(
        ("Zahnarzt Größe gammuword", "Geburtstag Łucja"), (), (("datetime", "2026-06-17T14:15:00+00:00", "event 1"),)
    ),
    "contacts/book-abook.vcf": Planted(
        ("ruft abends an noteword",), (("https://mueller.example/joerg", ""),),
        (("name", "Jörg Müller abookword", "card 1"), ("phone", "+495115550188", "card 1"),
         ("place", "Lange Straße 5, Hannover, 30159, Germany", "card 1"), ("email", "lucja@nowak.example", "card 2")),
    ),
    **{
        f"contacts/contact{version}-khard.vcf": Planted(
            CONTACT, (("https://sandmann.example/broemmel", ""), ("https://kalender.sandmann.example/jo", "")),
            (("name", "Dr. Jörg Brömmel", ""), ("phone", "+491715550177", ""), ("phone", "+442079460123", ""),
             ("email", "jo@broemmel.example", ""),
             ("place", "Postfach 12, Lange Straße 5, Hannover, 30159, Germany", "")),
        )
        for version in (3, 4)
    },
}  # fmt: skip

#: Words in a place of their own: the file, the place, the word; seen or hidden.
PLACES = [
    ("office/report-pandoc.docx", "comment", "commentpandoc", True),
    ("office/minutes-pythondocx.docx", "", "verborgenword", False),
    ("office/notice-libreoffice.odt", "comment", "commentword", True),
    ("office/notice-libreoffice.odt", "", "hiddenword", False),
    ("office/notice-libreoffice.doc", "", "hiddenword", False),
    ("office/cash-openpyxl.xlsx", "comment", "cellcommentword", True),
    ("office/cash-openpyxl.xlsx", "sheet Löhne", "hiddensheetword", False),
    ("office/cash-openpyxl.xlsx", "sheet Tief", "veryhiddenword", False),
    ("office/stock-xlsxwriter.xlsx", "comment", "notizword", True),
    ("office/stock-xlsxwriter.xlsx", "sheet Intern", "hiddensheetword", False),
    ("office/stock-libreoffice.ods", "comment", "notizword", True),
    ("office/stock-libreoffice.ods", "sheet Intern", "hiddensheetword", False),
    ("office/cash-gnumeric.ods", "sheet Tief", "veryhiddenword", False),
    ("office/cash-gnumeric.xls", "sheet Tief", "veryhiddenword", False),
    ("office/cash-xlwt.xls", "sheet Löhne", "hiddensheetword", False),
    ("office/deck-pandoc.pptx", "slide 2", "speakerword", True),
    ("office/deck-libreoffice.odp", "slide 2", "speakerword", True),
    ("office/deck-libreoffice.ppt.gz", "notes", "speakerword", True),
    ("office/talk-libreoffice.pptx", "slide 1", "notesword für den Vortrag", True),
    ("office/talk-libreoffice.pptx", "slide 3", "hiddenslideword", False),
    ("office/talk-libreoffice.odp", "slide 1", "notesword für den Vortrag", True),
    ("office/talk-libreoffice.odp", "slide 3", "hiddenslideword", False),
    ("office/talk-libreoffice.ppt.gz", "slide 3", "hiddenslideword", False),
    ("pages/notice-libreoffice.html", "", "hiddenword", False),
]


def _read(name: str) -> Document:
    """Read a file; one with a large picture of its first slide is kept packed."""
    if not name.endswith(".gz"):
        return sample(name)
    return read_bytes(gzip.decompress((DATA / name).read_bytes()), name.removesuffix(".gz"))


@pytest.mark.parametrize("name", FILES)
def test_planted_words_are_found(name: str) -> None:
    """The words, the links and the facts of a file are read, and nothing in it runs."""
    found, planted = _read(name), FILES[name]
    text = words_of(found)
    facts = {(fact.type, fact.value, fact.where) for fact in found.facts}

    assert found.read == "yes"
    assert not found.is_active
    assert [words for words in planted.words if words not in text] == []
    assert set(planted.links) <= {(link.url, link.shown) for link in found.links}
    assert set(planted.facts) <= facts


@pytest.mark.parametrize(("name", "where", "word", "seen"), PLACES)
def test_planted_words_have_their_place(name: str, where: str, word: str, seen: bool) -> None:
    """Comments, notes, slides and sheets are places; hidden ones are told apart."""
    found = _read(name)

    assert word in words_of(found, where, seen=seen)
    assert word not in words_of(found, seen=not seen)


@pytest.mark.parametrize("name", ["flow-graphviz", "plot-gnuplot", "sketch-libreoffice"])
def test_the_declaration_of_a_drawing_is_no_hidden_word(name: str) -> None:
    """The first line of an XML file says nothing to a reader."""
    assert "version=" not in words_of(sample(f"drawings/{name}.svg"), seen=False)
