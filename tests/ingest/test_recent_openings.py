"""Following what deliveries opened: each look reads what is new, and old attempts are let go."""

import pytest

from data.errors import Unavailable
from data.events import DeploymentEvent
from data.instants import add
from data.models import Page, Status
from ingest.recent_openings import KEPT_SECONDS, MOST_PAGES, RecentOpenings
from ingest.verdicts import DeliveryVerdict, Noted

NOW = "2026-02-24T12:00:00.000Z"


def noted(attempt: str, started: str = NOW) -> Noted:
    event = DeploymentEvent(
        source="github", event_time=started, attempt_id=attempt, cluster_id="mira", service_id="authn",
        build_version="1", status=Status.IN_PROGRESS, started_at=started,
    )  # fmt: skip
    return Noted(started, "github", "github", DeliveryVerdict.ACCEPTED, attempt_id=attempt, events=(event,))


class Book:
    """Deliveries, newest first, two a page; counts how often it was read."""

    def __init__(self, *held: Noted) -> None:
        self.held = list(held)
        self.reads = 0

    def __call__(self, cursor: str | None) -> Page[Noted]:
        self.reads += 1
        at = int(cursor or 0)
        more = str(at + 2) if at + 2 < len(self.held) else None
        return Page(self.held[at : at + 2], more)


def ids(events: list[DeploymentEvent]) -> set[str]:
    return {event.attempt_id for event in events}


def test_a_second_look_reads_only_what_is_new() -> None:
    book, openings = Book(*[noted(f"old-{n}") for n in range(6)]), RecentOpenings()
    assert len(openings.look(book, NOW)) == 6
    book.reads = 0
    book.held.insert(0, noted("new"))
    assert ids(openings.look(book, NOW)) == {"new", *(f"old-{n}" for n in range(6))}
    assert book.reads == 1


def test_a_look_that_was_cut_off_loses_nothing() -> None:
    book, openings = Book(*[noted(f"{n}") for n in range(6)]), RecentOpenings()

    def away_at_the_second_page(cursor: str | None) -> Page[Noted]:
        if cursor:
            raise Unavailable("away")
        return book(cursor)

    with pytest.raises(Unavailable):
        openings.look(away_at_the_second_page, NOW)
    assert len(openings.look(book, NOW)) == 6


def test_a_look_is_bounded() -> None:
    book = Book(*[noted(f"{n}") for n in range(100)])
    assert len(RecentOpenings().look(book, NOW)) == 2 * MOST_PAGES
    assert book.reads == MOST_PAGES


def test_of_an_attempt_the_earliest_start_is_kept_and_what_is_a_day_old_is_let_go() -> None:
    earlier, gone = add(NOW, -600), add(NOW, -KEPT_SECONDS - 1)
    book, openings = Book(noted("a", NOW), noted("a", earlier), noted("b", gone)), RecentOpenings()
    assert [(one.attempt_id, one.started_at) for one in openings.look(book, NOW)] == [("a", earlier)]
    assert openings.look(book, add(NOW, KEPT_SECONDS)) == []


def test_where_nothing_was_delivered_nothing_is_known() -> None:
    assert RecentOpenings().look(Book(), NOW) == []
