"""The contract of every store for lists and sums; a subclass gives the `database` fixture."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from glassdome.core.errors import InvalidQuery
from glassdome.ports.store import AnalysisQuery, Documents, Rendering, Sort
from glassdome.shapes.analysis import analysis_json
from glassdome.shapes.job import job_shape
from glassdome.shapes.rendering import RENDERING
from glassdome.store import Database
from glassdome.store.counters.scopes import DAYS
from glassdome.store.paging import cursor_of
from glassdome.store.schema import categories, documents, words
from glassdome.values.analysis import Analysis, AttachedFile
from glassdome.values.fact import Fact
from glassdome.values.feedback import Feedback
from glassdome.values.job import JobState
from glassdome.values.refs import Cursor
from glassdome.values.verdict import Label
from tests.contract.store.contracts_store import analysed
from tests.samples import NOON, a_ref, a_verdict, an_analysis, jobs

__all__ = ["ReadContract"]

_HOUR = timedelta(hours=1)


class ReadContract:
    """Run on each database."""

    async def test_documents_are_the_lists_json(self, database: Database) -> None:
        """Same page, same cursor; after a change, after an erasure, and where another version wrote the text."""
        made = [an_analysis(a_ref(n), subject="😀 \ud800", analyzed_at=NOON + _HOUR * n) for n in range(1, 6)]
        await analysed(database, *made, an_analysis(a_ref(3), subject="Anew", analyzed_at=NOON + 9 * _HOUR))
        await database.analyses.delete(AnalysisQuery(ref=a_ref(2)))
        await database.connections.change(
            update(documents).where(documents.c.document.contains('"email_id":"4"')).values(shape=0, document="old")
        )
        query = AnalysisQuery(limit=3)
        page, listed = await database.analyses.documents(query), await database.analyses.list(query)
        assert [json.loads(item)["email_id"] for item in page.items] == ["3", "5", "4"]
        assert page == Documents(
            items=tuple(analysis_json(item) for item in listed.items), next_cursor=listed.next_cursor
        )
        assert len(await database.connections.rows(select(documents))) == 4
        for more in ({}, {"mailbox": "ann@example.org"}, {"mailbox": "eve@other.example"}, {"min_priority": 1}):
            query, seen = AnalysisQuery(category="meeting", limit=1, **more), list[str]()
            while (page := await database.analyses.documents(query)).items:
                seen += [json.loads(item)["email_id"] for item in page.items]
                if not page.next_cursor:
                    break
                query = replace(query, cursor=page.next_cursor)
            assert seen == ([] if more.get("mailbox") == "eve@other.example" else ["3", "5", "4", "1"]), more

    async def test_pages_hold_everything_once(self, database: Database) -> None:
        """Walking the cursors meets each analysis once, newest first, even where the hours are equal."""
        made = [an_analysis(a_ref(n), analyzed_at=NOON + _HOUR * (n // 2)) for n in range(1, 8)]
        await analysed(database, *made)
        seen, query = list[int](), AnalysisQuery(limit=3)
        while True:
            page = await database.analyses.list(query)
            seen += [item.ref.uid for item in page.items]
            if not page.next_cursor:
                break
            query = AnalysisQuery(limit=3, cursor=page.next_cursor)
        assert seen == [7, 6, 5, 4, 3, 2, 1]

    @pytest.mark.parametrize("restriction", [{}, {"mailbox": "ann@example.org"}, {"domains": ("example.org",)}])
    async def test_each_order_is_walked_whole(self, database: Database, restriction: dict[str, Any]) -> None:
        """Page by page, the highest first, those of equal rank by their number; what was not judged has no score and is last."""
        scores = (None, 0.25, 0.9, 0.1 + 0.2, 0.9, None)
        made = [
            an_analysis(
                a_ref(n),
                verdict=a_verdict(phishing_score=score, is_phishing=None, priority_score=1 + n % 3),
                received_at=NOON - _HOUR * (n // 2),
            )
            for n, score in enumerate(scores, 1)
        ]
        await analysed(database, *made)
        orders: dict[Sort, list[int]] = {
            "received": [1, 3, 2, 5, 4, 6],
            "priority": [5, 2, 4, 1, 6, 3],
            "phishing": [5, 3, 4, 2, 6, 1],
        }
        for sort, expected in orders.items():
            seen, query = list[int](), AnalysisQuery(limit=1, sort=sort, **restriction)
            while True:
                page = await database.analyses.list(query)
                seen += [item.ref.uid for item in page.items]
                if not page.next_cursor:
                    break
                query = replace(query, cursor=page.next_cursor)
            assert seen == expected, sort
        with pytest.raises(InvalidQuery):
            await database.analyses.list(AnalysisQuery(sort="priority", cursor=cursor_of(NOON, 1)))

    async def test_a_uid_is_found_in_a_folder_nobody_looked_at_yet(self, database: Database) -> None:
        """The moment since which a mailbox is chosen is no UIDVALIDITY."""
        ref = a_ref(8)
        await analysed(database, an_analysis(ref))
        await database.cursors.set_cursor(ref.mailbox, ref.folder, Cursor(uid_validity=0, last_uid=1), now=NOON)
        named = AnalysisQuery(mailbox=ref.mailbox, folder=ref.folder, uid=8)
        assert [item.ref for item in (await database.analyses.list(named)).items] == [ref]
        assert await database.analyses.find(ref.mailbox, ref.folder, 8) is not None

    @pytest.mark.parametrize("cursor", ["x", "!!", "MjAyNnwx", "ä", "fHw"])
    async def test_foreign_cursors_are_refused(self, database: Database, cursor: str) -> None:
        """A cursor that is not ours is the caller's fault, not ours."""
        with pytest.raises(InvalidQuery):
            await database.analyses.list(AnalysisQuery(cursor=cursor))

    async def test_filters(self, database: Database) -> None:
        """Each filter of the query selects what it says, alone."""
        phish = a_verdict(label=Label.PHISH, is_phishing=True, categories=("fraud",), priority_score=2, sensitive=())
        await analysed(
            database,
            an_analysis(a_ref(1), verdict=phish, subject="Your 100% PARCEL"),
            an_analysis(a_ref(2, mailbox="eve@other.example"), verdict=a_verdict(degraded=True)),
            an_analysis(a_ref(3, folder="Box"), verdict=a_verdict(priority_score=9), analyzed_at=NOON + _HOUR),
        )
        queries = [
            (AnalysisQuery(is_phishing=True), [1]),
            (AnalysisQuery(category="meeting"), [3, 2]),
            (AnalysisQuery(category="meeting", mailbox="eve@other.example"), [2]),
            (AnalysisQuery(min_priority=9), [3]),
            (AnalysisQuery(degraded=True), [2]),
            (AnalysisQuery(sensitive=False), [1]),
            (AnalysisQuery(text="parcel 100%"), [1]),
            (AnalysisQuery(text="PÁRC"), [1]),
            (AnalysisQuery(text="arcel"), []),
            (AnalysisQuery(text="_00%"), []),
            (AnalysisQuery(text="parcel 2", is_phishing=False), []),
            (AnalysisQuery(text="bob@example.com", category="fraud"), [1]),
            (AnalysisQuery(folder="box"), []),
            (AnalysisQuery(domains=("other.example",)), [2]),
            (AnalysisQuery(mailboxes=()), []),
            (AnalysisQuery(since=NOON + _HOUR), [3]),
            (AnalysisQuery(until=NOON + _HOUR, mailbox="ann@example.org"), [1]),
            (AnalysisQuery(person="BOB@EXAMPLE.COM"), [3, 2, 1]),
        ]
        for query, expected in queries:
            assert [a.ref.uid for a in (await database.analyses.list(query)).items] == expected, query

    async def test_pages_of_a_restricted_key(self, database: Database) -> None:
        """Mailboxes and domains merged, each message once, newest first, with the other filters, page by page."""
        names = ("ann@example.org", "eve@other.example", "joe@third.example", "bob@example.org")
        made = [
            an_analysis(
                a_ref(n, mailbox=names[n % 4]),
                analyzed_at=NOON + _HOUR * (n // 3),
                verdict=a_verdict(priority_score=1 + n % 10),
            )
            for n in range(1, 25)
        ]
        await analysed(database, *made)
        restrictions: tuple[dict[str, Any], ...] = (
            {"mailboxes": names[:2], "domains": ("example.org",)},
            {"mailboxes": names[:3]},
            {"domains": ("example.org", "third.example")},
            {},
        )
        for restriction in restrictions:
            for more in ({}, {"min_priority": 6}, {"since": NOON + 2 * _HOUR}):
                query, seen = AnalysisQuery(limit=4, **restriction, **more), list[int]()
                while True:
                    page = await database.analyses.documents(query)
                    seen += [int(json.loads(item)["email_id"]) for item in page.items]
                    if not page.next_cursor:
                        break
                    query = replace(query, cursor=page.next_cursor)
                expected = [a for a in made if _may_see(a, restriction) and _meets(a, more)]
                expected.sort(key=lambda a: (a.analyzed_at, a.ref.uid), reverse=True)
                assert seen == [a.ref.uid for a in expected], (restriction, more)

    async def test_words_follow_the_analysis(self, database: Database) -> None:
        """A message analysed anew is found by its new words only, an erased one by none; nothing of it stays behind."""
        await analysed(database, an_analysis(subject="Old word", verdict=a_verdict(summary="会議の議事録")))
        (found,) = (await database.analyses.list(AnalysisQuery(text="議事"))).items
        await analysed(database, an_analysis(subject="New word"))
        for text, count in (("old", 0), ("議事", 0), ("new", 1)):
            assert len((await database.analyses.list(AnalysisQuery(text=text))).items) == count, text
        await database.analyses.delete(AnalysisQuery(ref=found.ref))
        assert [await database.connections.rows(select(t)) for t in (words, documents, categories)] == [[], [], []]

    async def test_a_word_in_the_middle_of_a_sentence_without_spaces_is_found(self, database: Database) -> None:
        """Chinese, Japanese and Thai, in the subject and in the summary; a word that is not there is not found."""
        texts = ("请在今天之前确认您的银行账户信息", "会議は水曜日に変更されました", "กรุณายืนยันบัญชีของคุณภายในวันนี้")
        for uid, text in enumerate(texts, start=1):
            await analysed(database, an_analysis(a_ref(uid), subject=text, verdict=a_verdict(summary="-")))
            await analysed(database, an_analysis(a_ref(uid + 10), subject="-", verdict=a_verdict(summary=text)))
        for text, uids in (("银行", [1, 11]), ("水曜", [2, 12]), ("บัญชี", [3, 13]), ("银水", []), ("บัตร", [])):
            found = (await database.analyses.list(AnalysisQuery(text=text))).items
            assert sorted(item.ref.uid for item in found) == uids, text

    async def test_a_text_without_words_is_refused(self, database: Database) -> None:
        """Nothing to look for is not everything."""
        with pytest.raises(InvalidQuery):
            await database.analyses.list(AnalysisQuery(text="?!"))

    async def test_a_search_has_no_offset(self, database: Database) -> None:
        """Its pages are cut by what was looked at, so only the cursor knows where the next begins."""
        with pytest.raises(InvalidQuery, match="cursor"):
            await database.analyses.list(AnalysisQuery(text="word", offset=1))

    async def test_a_text_of_spaces_is_no_text(self, database: Database) -> None:
        """It narrows nothing, in lists and in statistics."""
        await analysed(database, an_analysis(a_ref(1)), an_analysis(a_ref(2)))
        assert len((await database.analyses.list(AnalysisQuery(text="  "))).items) == 2
        assert (await database.analyses.statistics(AnalysisQuery(text=" "))).total == 2

    async def test_statistics_agree_with_a_count(self, database: Database) -> None:
        """The running totals say what a count over the rows says, after changes and deletions too."""
        phish = a_verdict(label=Label.PHISH, is_phishing=True, categories=("fraud",))
        made = [an_analysis(a_ref(n), processing_time=n / 10) for n in range(1, 9)]
        await analysed(database, *made, an_analysis(a_ref(9), verdict=phish))
        await database.analyses.delete(AnalysisQuery(ref=a_ref(3)))
        totals = await database.analyses.statistics(AnalysisQuery())
        counted = await database.analyses.statistics(AnalysisQuery(until=NOON + _HOUR))
        assert (totals.total, totals.phishing, totals.per_category) == (8, 1, {"meeting": 7, "personal": 7, "fraud": 1})
        assert totals.average_seconds == pytest.approx(counted.average_seconds)
        assert totals.p50_seconds == pytest.approx(counted.p50_seconds, rel=0.06)
        names = ("total", "phishing", "spam", "sensitive", "degraded", "per_model", "per_category", "per_day")
        assert [getattr(totals, n) for n in names] == [getattr(counted, n) for n in names]

    async def test_what_could_not_be_judged_is_neither_phishing_nor_harmless(self, database: Database) -> None:
        """It is kept with nulls, counted by itself, and found by no question about phishing."""
        unknown = a_verdict(label=Label.UNKNOWN, is_phishing=None, phishing_score=None, readable="encrypted")
        files = (
            AttachedFile(
                name="smime.p7m", type="application/pkcs7-mime", bytes=900, read="encrypted", summary="Locked."
            ),
        )
        facts = (Fact(type="amount", value="842.50 EUR", where="bill.pdf, page 2", evidence="Total € 842.50"),)
        made = an_analysis(a_ref(2), verdict=unknown, attachments=files, facts=facts)
        await analysed(database, an_analysis(a_ref(1)), made)
        found = await database.analyses.find("ann@example.org", "INBOX", 2)
        assert found is not None
        assert (found.verdict, found.attachments, found.facts) == (unknown, files, facts)
        for query in (AnalysisQuery(), AnalysisQuery(until=NOON + _HOUR)):
            totals = await database.analyses.statistics(query)
            assert (totals.total, totals.phishing, totals.spam, totals.unknown) == (2, 0, 0, 1)
        for asked in (True, False):
            page = await database.analyses.list(AnalysisQuery(is_phishing=asked))
            assert 2 not in [item.ref.uid for item in page.items]
        await analysed(database, an_analysis(a_ref(2)))
        assert (await database.analyses.statistics(AnalysisQuery())).unknown == 0

    async def test_statistics_of_what_a_key_may_see(self, database: Database) -> None:
        """Mailboxes and domains, each message once; a mailbox outside is nothing."""
        names = ("ann@example.org", "bob@example.org", "eve@other.example", "joe@third.example")
        await analysed(database, *(an_analysis(a_ref(n, mailbox=name)) for n, name in enumerate(names, 1)))
        cases: list[tuple[dict[str, Any], int]] = [
            ({}, 4),
            ({"domains": ("example.org",)}, 2),
            ({"domains": ("example.org", "other.example")}, 3),
            ({"mailboxes": ("eve@other.example",)}, 1),
            ({"mailboxes": ("ann@example.org", "eve@other.example"), "domains": ("example.org",)}, 3),
            ({"mailboxes": (), "domains": ()}, 0),
            ({"mailbox": "joe@third.example"}, 1),
            ({"mailbox": "joe@third.example", "domains": ("example.org",)}, 0),
            ({"mailbox": "ann@example.org", "domains": ("example.org",)}, 1),
        ]
        for restriction, expected in cases:
            found = await database.analyses.statistics(AnalysisQuery(**restriction))
            assert (found.total, sum((found.per_day or {}).values())) == (expected, expected), restriction
            if "mailbox" not in restriction:
                assert (await database.queue.depth(now=NOON, **restriction)).done == expected, restriction

    async def test_days_shown_are_the_newest(self, database: Database) -> None:
        """Of more days than are shown the newest are, in each scope."""
        days = DAYS + 3
        await analysed(database, *(an_analysis(a_ref(n), analyzed_at=NOON + timedelta(days=n)) for n in range(1, days)))
        scopes: tuple[dict[str, Any], ...] = ({}, {"mailbox": "ann@example.org"}, {"domains": ("example.org",)})
        for scope in scopes:
            shown = list((await database.analyses.statistics(AnalysisQuery(**scope))).per_day or {})
            assert (len(shown), shown[-1]) == (DAYS, (NOON + timedelta(days=days - 1)).date().isoformat())

    async def test_an_overview_is_never_old(self, database: Database) -> None:
        """A cached overview is rebuilt after each change, even one that leaves the sums as they were."""
        scopes = [AnalysisQuery(limit=2, **more) for more in _SCOPES]

        async def looked() -> None:
            for query in scopes:
                found = await database.analyses.overview(query, now=NOON)
                assert found.statistics == await database.analyses.statistics(query)
                assert found.newest == await database.analyses.documents(query)
                restriction = {"mailboxes": query.mailboxes, "domains": query.domains}
                assert found.depth == await database.queue.depth(now=NOON, **restriction)

        await looked()
        await analysed(database, an_analysis(), an_analysis(a_ref(2, mailbox="eve@other.example")))
        await looked()
        await looked()
        await analysed(database, an_analysis(verdict=a_verdict(categories=("fraud", "meeting"))))
        await looked()
        await database.analyses.delete(AnalysisQuery(mailbox="ann@example.org"))
        await looked()
        await analysed(database, an_analysis(verdict=a_verdict(categories=("other",))), an_analysis(a_ref(5)))
        await looked()

    async def test_another_rendering_needs_no_change_of_the_store(self, database: Database) -> None:
        """Other fields under other names: stored texts are written again, a correction is put in, jobs have the new fields."""
        await analysed(database, an_analysis(), an_analysis(a_ref(2), subject="Two"))
        await database.queue.enqueue(jobs(3), now=NOON)
        correction = Feedback(ref=a_ref(2), label=Label.SPAM, actor="ann")
        await database.history.record_feedback(correction, now=NOON)
        other = Rendering(
            version=RENDERING.version + 1,
            analysis=lambda analysis: f"<{analysis.subject}>",
            corrected=lambda text, label: f"{text} is {label}",
            job={"uid": "uid_text", "status": "state"},
        )
        changed = Database(database.connections, rendering=other)
        page = await changed.analyses.documents(AnalysisQuery())
        assert sorted(page.items) == sorted([f"<{an_analysis().subject}>", "<Two> is spam"])
        queued = await changed.queue.page(now=NOON, state=JobState.PENDING)
        assert [json.loads(text) for text in queued.jobs] == [{"uid": "3", "status": "pending"}]

    async def test_a_page_of_the_queue_shows_its_jobs(self, database: Database) -> None:
        """The database makes the text of each job that we would make."""
        await analysed(database, an_analysis())
        await database.queue.enqueue(jobs(2, 3, 4), now=NOON + timedelta(microseconds=7))
        (job,) = await database.queue.claim('w"\\ö😀', limit=1, lease=_HOUR, now=NOON + _HOUR)
        await database.queue.fail(job, code="parse_error", sentence='It said "no"\n\t\\ 😀', now=NOON + _HOUR)
        page = await database.queue.page(now=NOON, limit=3)
        whole = [job_shape(job) for job in await database.queue.jobs()]
        assert [_with_times(json.loads(text)) for text in page.jobs] == [_with_times(shape) for shape in whole[:3]]
        assert (page.next_after_id, page.depth) == (whole[2]["id"], await database.queue.depth(now=NOON))
        rest = await database.queue.page(now=NOON, limit=3, after_id=whole[2]["id"])
        assert (len(rest.jobs), rest.next_after_id) == (1, None)


_SCOPES: tuple[dict[str, Any], ...] = (
    {},
    {"mailbox": "ann@example.org"},
    {"domains": ("example.org",)},
    {"mailboxes": ("eve@other.example",)},
    {"is_phishing": False},
)


def _with_times(shape: dict[str, Any]) -> dict[str, Any]:
    """Compare moments, not their spelling."""
    return shape | {name: datetime.fromisoformat(shape[name]) for name in ("not_before", "enqueued_at", "updated_at")}


def _may_see(analysis: Analysis, restriction: dict[str, Any]) -> bool:
    mailbox = analysis.ref.mailbox
    named = mailbox in restriction.get("mailboxes", ()) or mailbox.partition("@")[2] in restriction.get("domains", ())
    return named or not restriction


def _meets(analysis: Analysis, more: dict[str, Any]) -> bool:
    recent = analysis.analyzed_at >= more.get("since", NOON)
    return bool(recent and analysis.verdict.priority_score >= more.get("min_priority", 1))
