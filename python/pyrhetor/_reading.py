"""Warnings about inputs."""

from __future__ import annotations

import warnings


class ReadWarning(UserWarning):
    """Something in an input that was changed, skipped or only partly read; the message has its path and line."""


def warn(notes: list[str]) -> None:
    """Warn the caller of the function that calls this one."""
    for note in notes:
        warnings.warn(note, ReadWarning, stacklevel=3)
