"""The doctor's look at the sandbox in which attached files are read."""

from __future__ import annotations

from glassdome.cli.checks import Check, Health
from glassdome.core.config import Settings
from glassdome.files.ocr import has_ocr
from glassdome.files.opening import sandbox_of

__all__ = ["file_checks"]

_FIX = (
    "It needs Linux with seccomp on x86_64 or aarch64; a container's profile may forbid it. Until then only names, types"
    " and links of attached files count. GLASSDOME_FILES=0 says that this is meant."
)


async def file_checks(settings: Settings) -> list[Check]:
    """Start one child as the service would; return whether it could be locked up."""
    if not settings.files:
        return [
            Check(name="files", health=Health.OK, detail="off: attached files are not read", fix="GLASSDOME_FILES=1")
        ]
    pool = sandbox_of(settings)
    try:
        problem = await pool.warm_up()
    finally:
        await pool.aclose()
    if problem:
        return [Check(name="files", health=Health.WARN, detail=f"attached files are not read: {problem}", fix=_FIX)]
    words = "words in pictures too" if has_ocr() else "words in pictures need the extra [ocr]"
    return [Check(name="files", health=Health.OK, detail=f"on: attached files are read in a sandbox, {words}")]
