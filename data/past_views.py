"""What looking back says: plain answers, shared by pages and API."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of a line of time: how many attempts began in it, and how many of them failed or were rolled back."""

    attempts: int
    failed: int


@dataclass(frozen=True, slots=True)
class Beside:
    """The last change before an instant and the first after it, in epoch milliseconds of whole seconds."""

    before: int | None
    after: int | None
