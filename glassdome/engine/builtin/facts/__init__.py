"""Facts of invoices, bookings, parcels and events: typed values with the words and the place they were read from."""

from __future__ import annotations

from glassdome.engine.builtin.facts.gather import facts_of, told_by_records

__all__ = ["facts_of", "told_by_records"]
