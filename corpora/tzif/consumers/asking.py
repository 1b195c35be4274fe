"""What the TZif consumers do with a zone that they have loaded: ask it for the time."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo

# Before all transitions, between them, and where the footer's rule holds, in winter and summer.
ASKED = tuple(
    datetime(year, month, 1, tzinfo=UTC) for year in (2, 1970, 2024, 9998) for month in (1, 7)
)


class UnusableZoneError(Exception):
    """A zone was loaded, and then could not tell the time: too late for a rejection."""


def ask(zone: tzinfo) -> None:
    """Ask a zone for offset, daylight saving time and designation at some moments.

    Raises:
        UnusableZoneError: it cannot tell.
    """
    try:
        for moment in ASKED:
            local = moment.astimezone(zone)
            local.dst()
            local.tzname()
    except Exception as error:
        raise UnusableZoneError(str(error)) from error
