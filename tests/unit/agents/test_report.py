"""Reports say what the stores hold, mask what is sensitive, and escape what is foreign; charts are images."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from PIL import Image

from glassdome.agents.alert_book import AlertBook
from glassdome.agents.report.charts import bars, volume
from glassdome.agents.report.figures import Day, Figures, ModelTime
from glassdome.agents.report.write import write_report
from glassdome.ports.store import Statistics
from glassdome.values.job import QueueDepth
from tests.unit.api.bench import analysis, ref

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
FIGURES = Figures(
    kind="weekly",
    since=NOW - timedelta(days=7),
    until=NOW,
    totals=Statistics(total=40, phishing=3, per_category={"work": 30, "<b>odd": 10}),
    before=Statistics(total=50, phishing=1),
    days=tuple(Day(day=f"2026-11-{n:02d}", total=n, phishing=n // 5) for n in range(8, 22)),
    models=(ModelTime(model="llama3.2:3b", count=20, p50=1.5, p95=9.25),),
    phishing=(replace(analysis(ref(1)), subject="card 4111 1111 1111 1111 <script>"),),
    depth=QueueDepth(pending=7),
    failed=(),
    sent={"sent": 12, "unknown": 1},
)


def test_text_and_html_say_the_same() -> None:
    """Figures with their change, slow models, troubles; foreign words are escaped, cards masked."""
    report = write_report(FIGURES, zone=ZoneInfo("Europe/Berlin"), domain="example.org")

    assert report.subject == "Glassdome weekly report: 40 mails, 3 phishing"
    for told in ("40 (-10 against", "3 (+2 against", "llama3.2:3b", "1.5 s / 9.25 s", "13:00 (Europe/Berlin)"):
        assert told in report.text
        assert told in report.html
    assert "4111 1111 1111" not in report.text + report.html
    assert "<script>" not in report.html
    assert [file.content_id for file in report.files] == [
        "volume@example.org",
        "categories@example.org",
        "models@example.org",
    ]
    assert all(f'src="cid:{file.content_id}"' in report.html for file in report.files)


def test_charts_show_their_values() -> None:
    """Real PNGs, in which red and blue are there when there is something to show, small enough for mail."""

    def colours(png: bytes) -> set[tuple[int, ...]]:
        image = Image.open(io.BytesIO(png)).convert("RGB")
        assert image.width == 1280
        return {colour for _, colour in image.getcolors(1_000_000) or []}

    blue, red = (0x40, 0x78, 0xC0), (0xCF, 0x22, 0x2E)
    drawn, empty = volume(FIGURES.days), volume([replace(day, total=0, phishing=0) for day in FIGURES.days])
    assert {blue, red} <= colours(drawn)
    assert not {blue, red} & colours(empty)
    assert blue in colours(bars("t", [("a", 1.0), ("b" * 100, 3.5)], unit=" s"))
    assert len(drawn) < 40_000


def test_the_alert_book() -> None:
    """Twice in a row counts, told once, again after a day, over when it works; a relapse untold is the same trouble."""
    book = AlertBook()
    book.failed("k", "down", now=NOW)
    assert book.due(NOW) == ()
    book.failed("k", "down", now=NOW)
    notices = book.due(NOW)
    assert [n.incident.text for n in notices] == ["down"]
    book.mark_notified(notices, now=NOW)
    assert book.due(NOW + timedelta(hours=23)) == ()
    assert len(book.due(NOW + timedelta(hours=24))) == 1
    book.works("k", now=NOW)
    assert [n.recovered_at for n in book.due(NOW)] == [NOW]
    assert book.due(NOW, quiet=True) == ()
    book.failed("k", "down again", now=NOW)
    assert book.due(NOW) == ()
    book.works("k", now=NOW)
    book.mark_notified(book.due(NOW), now=NOW)
    assert (book.due(NOW), book.incidents) == ((), ())
    book.failed("blip", "once", now=NOW)
    book.works("blip", now=NOW)
    assert book.due(NOW) == ()
