"""How often a task is tried again: long enough that a database which is away for a minute costs no run."""

from __future__ import annotations

#: Times after the first.
RETRIES = 3
#: Seconds before each: two minutes in all.
DELAYS = [5.0, 30.0, 90.0]
