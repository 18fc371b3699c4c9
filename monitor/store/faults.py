"""Odd data told apart from bugs and from a database in trouble."""

from __future__ import annotations

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, StatementError


def data_fault(error: BaseException) -> bool:
    """Whether the rows themselves cannot be stored: a plan with them is refused, all else goes on.

    Anything else is a bug or the database's condition, and must stop the command.
    """
    if isinstance(error, (IntegrityError, DataError, UnicodeError, OverflowError)):
        return True
    bound = isinstance(error, StatementError) and not isinstance(error, DBAPIError)
    return bound and isinstance(getattr(error, "orig", None), ValueError)


def printable(error: BaseException) -> str:
    """The cause in one line of ASCII; it may hold the very characters that could not be stored."""
    cause = getattr(error, "orig", None) or error
    first = next(iter(str(cause).splitlines()), "")
    line = f"{type(cause).__name__}: {first}"[:500]
    return line.encode("ascii", "backslashreplace").decode("ascii").replace("\x00", "\\x00")
