"""The score card of a day, kept: `python scorecard_snapshot.py [--date YYYY-MM-DD] [--backfill DAYS]`, wired.

Run once a day: the running day's card goes to the table and the archive, and the first run of a week tells what moved
since the week before. Run again it does the same again; of a past day it judges by the rules of today.
"""

import argparse
import logging
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import orjson

import logs
from data import aws, scorecard_moves
from data.errors import Unavailable
from data.generation import Generation
from data.instants import day_before, from_instant, to_instant
from data.models import EVERYTHING, Day
from data.past_attempts import attempts_at
from data.point_in_time import derived, holds
from data.read_model_reader import ReadModelReader
from data.refresher import ReadModel
from data.scorecard_queries import card
from data.scorecard_store import ScorecardFiles, Snapshots
from data.scorecard_views import Card
from ingest.alert_posting import NotPosted, post
from ingest.alert_words import Letter
from settings import Settings, SettingsError

log = logging.getLogger("scorecard")

MOST_BACKFILL = 180
COMPARED_DAYS = 7
LOOKED_BACK = 13  # the card that is compared with is at least a week old, and not two
SUNDAY = 7
TRIES = 3
PAUSE_SECONDS = 2.0
Clock = Callable[[], datetime]


class Refused(ValueError):
    """What was asked for cannot be done: one sentence says why."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What the job consists of, connected."""

    generation: Callable[[], Generation]
    snapshots: Snapshots
    files: ScorecardFiles | None  # None: no archive is configured
    clock: Clock
    slack_url: str | None = None  # None: no digest
    public_url: str | None = None
    pause: Callable[[float], None] = time.sleep


def main(arguments: Sequence[str] | None = None) -> int:
    """0 when done, 1 when AWS is away or the digest was not taken, 2 when what is asked for is wrong."""
    parser = argparse.ArgumentParser(prog="python scorecard_snapshot.py", description="Keep a day's score card.")
    parser.add_argument("--date", help="a UTC day (YYYY-MM-DD), as it was at its end; without it today, as it is now")
    parser.add_argument(
        "--backfill", type=int, metavar="DAYS", help="also make what is missing of so many days before"
    )
    parser.add_argument("--weekly", action="store_true", help="of the days to fill in, only Sundays: one a week")
    chosen = parser.parse_args(arguments)
    try:
        settings = Settings.from_env()
        logs.configure(settings.log_level)
        done = run(wire(settings), chosen.date, chosen.backfill or 0, weekly=chosen.weekly)
    except (SettingsError, Refused) as error:
        print(error, file=sys.stderr)
        return 2
    except Unavailable as error:
        log.error("no snapshot: %s", error)
        return 1
    return 0 if done else 1


def wire(settings: Settings) -> Parts:
    """The job's parts for these settings."""
    endpoint, region, bucket = settings.aws_endpoint_url, settings.aws_region, settings.archive_bucket
    client = aws.dynamodb(endpoint, region, role="worker")
    model = ReadModel(clock=_utc_now)

    def generation() -> Generation:
        model.load(ReadModelReader(client, settings.tables))
        return model.generation

    files = ScorecardFiles(aws.s3(endpoint, region), bucket) if bucket else None
    snapshots = Snapshots(client, settings.tables, _utc_now)
    return Parts(generation, snapshots, files, _utc_now, settings.scorecard_slack_url, settings.public_url)


def run(parts: Parts, asked: str | None = None, backfill: int = 0, *, weekly: bool = False) -> bool:
    """Keep what is asked for; whether the digest, where one was due, was taken."""
    today = to_instant(parts.clock())[:10]
    day = _day(asked, today)
    if not 0 <= backfill <= MOST_BACKFILL:
        raise Refused(f"--backfill must be at most {MOST_BACKFILL} days, not {backfill}.")
    gen = parts.generation()
    if not gen.catalog.score_rules:
        log.warning("no snapshot: the catalog has no rules of the score card")
        return True
    if not holds(gen, f"{day}T00:00:00.000Z"):
        raise Refused(f"--date {day} is older than what is held: from {gen.first_day} on.")
    for one in _missing(parts, gen, day, backfill, weekly):
        _keep(parts, card_of(gen, one, parts.clock()))
    made = card_of(gen, day, parts.clock())
    _keep(parts, made)
    return _tell(parts, made) if day == today else True


def _day(asked: str | None, today: Day) -> Day:
    try:
        day = date.fromisoformat(asked).isoformat() if asked else today
    except ValueError:
        raise Refused(f"--date must be a day like 2026-02-24, not {str(asked)[:40]!r}.") from None
    if day > today:
        raise Refused(f"--date {day} lies in the future.")
    return day


def _missing(parts: Parts, gen: Generation, day: Day, backfill: int, weekly: bool) -> list[Day]:
    """The days before that have no snapshot yet and can still be told."""
    if not backfill:
        return []
    first, last = max(day_before(day, backfill), gen.first_day), day_before(day, 1)
    known = set(parts.snapshots.days(first, last))
    wanted = (one for one in _days(first, last) if not weekly or date.fromisoformat(one).isoweekday() == SUNDAY)
    return [one for one in wanted if one not in known]


def _days(first: Day, last: Day) -> list[Day]:
    found = []
    while first <= last:
        found.append(first)
        first = day_before(first, -1)
    return found


def card_of(gen: Generation, day: Day, now: datetime) -> Card:
    """The card of a day: as it is now if it is today's, else as it was at the day's end.

    Rules, exemptions, teams and names are those of the catalog as it is now.
    """
    end = f"{day_before(day, -1)}T00:00:00.000Z"
    if to_instant(now) < end:
        return card(gen, EVERYTHING, now)
    last = to_instant(from_instant(end) - timedelta(milliseconds=1))
    then = derived(gen, last, attempts_at(gen.attempts, last))
    return card(then, EVERYTHING, from_instant(last))


def _keep(parts: Parts, made: Card) -> None:
    parts.snapshots.write(made)
    kept = parts.files.write(made) if parts.files else None
    log.info("snapshot kept", extra={"day": made.day, "services": len(made.services), "file": kept})


def _tell(parts: Parts, now: Card) -> bool:
    """The week's digest, if it is due and this process is the one to send it; False where it was not taken."""
    if parts.slack_url is None:
        log.info("no digest: SCORECARD_SLACK_URL is not set")
        return True
    week = scorecard_moves.iso_week(now.day)
    known = parts.snapshots.days(day_before(now.day, LOOKED_BACK), day_before(now.day, COMPARED_DAYS))
    before = parts.snapshots.card(known[-1]) if known else None
    if before is None:
        log.info("no digest: there is no snapshot of the week before", extra={"week": week})
        return True
    if not parts.snapshots.begin_digest(week):
        log.info("no digest: this week's is sent, or being sent", extra={"week": week})
        return True
    told = scorecard_moves.moves(before, now)
    if not told:
        parts.snapshots.end_digest(week, "nothing moved")
        log.info("no digest: nothing moved", extra={"week": week, "since": before.day})
        return True
    text = scorecard_moves.digest(before, now, told, _address(parts.public_url), _page(parts.public_url))
    if not _sent(parts, parts.slack_url, text):
        parts.snapshots.give_up_digest(week)
        return False
    parts.snapshots.end_digest(week, "sent")
    log.info("digest sent", extra={"week": week, "services": len(told)})
    return True


def _sent(parts: Parts, url: str, text: str) -> bool:
    body = orjson.dumps({"text": text, "unfurl_links": False})
    for again in range(TRIES):
        if again:
            parts.pause(PAUSE_SECONDS * 2**again)
        try:
            post(url, Letter(body, {"Content-Type": "application/json"}))
        except NotPosted as error:
            log.warning("digest not taken: %s", error, extra={"try": again + 1})
        else:
            return True
    return False


def _address(public_url: str | None) -> scorecard_moves.Address:
    return lambda service_id: f"{public_url}/scorecard#service-{service_id}" if public_url else None


def _page(public_url: str | None) -> str | None:
    return f"{public_url}/scorecard" if public_url else None


def _utc_now() -> datetime:
    return datetime.now(UTC)


if __name__ == "__main__":
    sys.exit(main())
