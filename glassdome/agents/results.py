"""Results as the first seed writes them; errors become results here and nowhere else."""

from __future__ import annotations

from typing import Any

from glassdome.core.errors import GlassdomeError

__all__ = ["failure"]

#: Facts of an error that a caller may act on; the rest stays in the log.
_TOLD = ("reason", "partial", "created", "reply_code", "message_id", "retry_after", "recipients", "sensitive_types")


def failure(error: GlassdomeError, **more: Any) -> dict[str, Any]:
    """Return the result of a failed task: `success`, `error` (a sentence), `code` (stable), `temporary`."""
    told = {name: error.facts[name] for name in _TOLD if name in error.facts}
    return {
        "success": False,
        "error": error.public_message,
        "code": error.code,
        "temporary": error.temporary,
        **told,
        **more,
    }
