"""Days and instants as numbers, for columns. Pure."""

from datetime import UTC, date, datetime, timedelta

from data.instants import from_instant, to_instant
from data.models import Day, Instant

EPOCH = date(1970, 1, 1)
EARLIEST: Day = date.min.isoformat()


def day_number(day: Day) -> int:
    """Days since 1970-01-01."""
    return (date.fromisoformat(day) - EPOCH).days


def day_name(number: int) -> Day:
    """The day of that number."""
    return (EPOCH + timedelta(days=number)).isoformat()


def milliseconds(instant: Instant) -> int:
    """Epoch milliseconds."""
    return round(from_instant(instant).timestamp() * 1000)


def from_milliseconds(number: int) -> Instant:
    """The instant of epoch milliseconds."""
    seconds, rest = divmod(number, 1000)
    return to_instant(datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest * 1000))
