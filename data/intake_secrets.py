"""A secret that opens the intake: whom it is for, and until when it lives."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class IntakeSecret:
    """`sources` None: for any sender. `until` None: until it is taken out of the settings."""

    name: str  # names it in limits and logs; tells nothing of the value
    value: str = field(repr=False)
    sources: frozenset[str] | None = None
    until: datetime | None = None

    def lives(self, now: datetime) -> bool:
        """Whether it still opens anything."""
        return self.until is None or now < self.until
