"""The settings of the readers of attached files; part of `Settings`."""

from __future__ import annotations

from pydantic_settings import BaseSettings

from glassdome.core.config.field import setting

__all__ = ["FileSettings"]


class FileSettings(BaseSettings):
    """Say whether attached files are read, and how much that may take."""

    files: bool = setting(
        "GLASSDOME_FILES", True, "Read attached files (PDF, Office, pictures, archives) in processes without any rights"
    )
    files_children: int = setting(
        "GLASSDOME_FILES_CHILDREN", 2, "Processes that read files, at most one a core", ge=1, le=64
    )
    files_seconds: float = setting(
        "GLASSDOME_FILES_SECONDS",
        5.0,
        "Seconds for one file; one that takes longer counts as unreadable",
        ge=0.1,
        le=60,
    )
