"""Which builds of a service there are: version, commit and changes, by service and time alone. Pure.

A release needs no memory of earlier ones: the version counts weeks and, within the week, ten minutes.
"""

import hashlib
from dataclasses import dataclass
from functools import lru_cache

from demo.world import DAY, HOUR, MINUTE, PEOPLE, WEEK, DemoService, dice

MONDAY = 4 * DAY  # the first Monday after the epoch, a Thursday
BUCKET = 10 * MINUTE  # no service builds two versions within one
APART = 45 * MINUTE
WEEKDAYS = (0.9, 1.2, 1.2, 1.1, 0.75, 0.1, 0.07)  # Monday first
HOURS = (0, 0, 0, 0, 0, 1, 3, 7, 10, 11, 10, 7, 6, 10, 11, 9, 7, 4, 2, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Release:
    """One build of a service."""

    service: DemoService
    created: int  # epoch seconds
    version: str
    git_sha: str
    author: str
    commits: tuple[tuple[str, int], ...]  # (sha, committed), the newest last


def weekday(second: int) -> int:
    """0 = Monday, in UTC."""
    return (second - MONDAY) // DAY % 7


@lru_cache(maxsize=8192)
def release(service: DemoService, created: int) -> Release:
    """The build a service made at this second."""
    weeks, within = divmod(created - MONDAY, WEEK)
    version = f"{service.major}.{weeks - service.first_week}.{within // BUCKET}"
    chance = dice("release", service.id, version)
    ages = sorted((chance.randint(10 * MINUTE, 30 * HOUR) for _ in range(chance.randint(1, 6))), reverse=True)
    commits = tuple((_sha(service.id, version, place), created - age) for place, age in enumerate(ages))
    return Release(service, created, version, commits[-1][0], chance.choice(PEOPLE), commits)


@lru_cache(maxsize=8192)
def releases_of_day(service: DemoService, day: int) -> tuple[Release, ...]:
    """The builds of a service on a UTC day (counted from the epoch), oldest first."""
    chance = dice("day", service.id, day)
    wanted = service.activity * WEEKDAYS[weekday(day * DAY)]
    n = int(wanted) + (chance.random() < wanted % 1) + (chance.random() < 0.15 * wanted)
    times = sorted(day * DAY + chance.choices(range(24), HOURS)[0] * HOUR + chance.randrange(HOUR) for _ in range(n))
    kept: list[int] = []
    for time in times:
        if not kept or time - kept[-1] >= APART:
            kept.append(time)
    return tuple(release(service, time) for time in kept)


def _sha(service: str, version: str, place: int) -> str:
    return hashlib.sha1(f"{service} {version} {place}".encode(), usedforsecurity=False).hexdigest()
