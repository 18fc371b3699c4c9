"""One tree of exceptions. Expected failures are values; these are for what stops a command."""

from __future__ import annotations


class MonitorError(Exception):
    """Root of the project's errors. `hint` says what a person can do about it."""

    exit_code = 3

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint

    def __str__(self) -> str:
        text = super().__str__()
        return f"{text} ({self.hint})" if self.hint else text


class UsageError(MonitorError):
    """The command was used wrongly, or is not there yet."""

    exit_code = 2


class ConfigError(MonitorError):
    """config.yaml cannot be used; the message lists every problem with its line."""

    exit_code = 2


class CatalogueError(MonitorError):
    """A data file (taxonomy, register, gazetteer) cannot be used."""

    exit_code = 2


class ParseError(MonitorError):
    """A body is not a feed, or cannot be read as one. The only error that `parse` raises."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code

    def __reduce__(self) -> tuple[type[ParseError], tuple[str, str]]:
        return (ParseError, (self.code, super().__str__()))


class StoreError(MonitorError):
    """The database cannot be used as it is (missing, of another revision, read-only, full)."""


class StaleLeaseError(StoreError):
    """A lease was taken over by another worker: its fencing number is old, nothing was written."""


class MailError(MonitorError):
    """Mail cannot be sent as configured."""
