"""The second clock: what was known when, told from what had been received by then."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from data.apply import Applier
from data.catalog import CatalogStore
from data.events import AnyEvent, DeploymentEvent, TestResultEvent, to_claim
from data.folds import Version, fold_attempt, listing
from data.generation import Generation
from data.instants import add
from data.known import MOST, Read, generation_known, row_known
from data.known_reads import reading
from data.models import Attempt, Claim, Current, Instant
from data.point_in_time import generation_at
from data.read_model_reader import ReadModelReader
from data.refresher import ReadModel
from data.store import Store
from ingest.envelope import normalize
from tests import histories
from tests.data.test_point_in_time import told
from tests.ingest import saying
from tests.read_model import CATALOG, MIRA, NOW, attempt, generation

MIDNIGHT = "2026-02-24T00:00:00.000Z"
PAIR = (histories.CLUSTER, histories.SERVICE)


class World:
    """Everything that was said, as it is kept: a statement once, with the first time it was received."""

    def __init__(self, events: Sequence[AnyEvent], known: Instant = "9999") -> None:
        self.own: dict[str, list[Claim]] = {}
        self.waiting: dict[str, list[Claim]] = {}
        first: dict[tuple[str, str], AnyEvent] = {}
        for one in sorted(events, key=lambda event: event.received_at):
            if isinstance(one, DeploymentEvent | TestResultEvent) and one.received_at <= known:
                first.setdefault((one.event_id, one.digest), one)
        for one in first.values():
            assert isinstance(one, DeploymentEvent | TestResultEvent)
            place = self.own.setdefault(one.attempt_id, []) if one.attempt_id else None
            (self.waiting.setdefault(one.build_version, []) if place is None else place).append(to_claim(one))

    def version(self, name: str) -> Version:
        """What is known of a version."""
        ids = [one for one in self.own if one.split(":")[2] == name]
        found = (fold_attempt(one, self.own[one], Version(), 90).attempt for one in ids)
        return Version(tuple(listing(one) for one in found if one), tuple(self.waiting.get(name, ())))

    def attempts(self) -> list[Attempt]:
        """The facts."""
        found = [fold_attempt(one, own, self.version(one.split(":")[2]), 90).attempt for one, own in self.own.items()]
        return [one for one in found if one]

    def read(self, known: Instant) -> Read:
        """The claims of attempts, as the store would give them."""
        return lambda rows: {
            row.attempt_id: row_known(
                row.attempt_id, self.own[row.attempt_id], self.version(row.build_version), self.own, known
            )
            for row in rows
        }


def states(gen: Generation) -> object:
    return told(dict(gen.currents))


def unread(rows: object) -> dict[str, None]:
    raise AssertionError(f"nothing was learned since, and still {rows} were read")


@given(histories.deliveries(), st.integers(-4, 8), st.integers(-12, 30))
def test_a_state_as_known_is_that_of_what_had_been_received(events, seconds, minutes):
    known, at = add(histories.NOW, seconds), add(MIDNIGHT, minutes * 60)
    found = generation_known(generation(World(events).attempts()), at, known, World(events).read(known))
    expected = generation_at(generation(World(events, known).attempts()), at)
    assert found.unread == 0
    assert states(found.generation) == states(expected)


@given(histories.deliveries(), st.integers(-12, 30))
def test_known_now_is_no_second_clock(events, minutes):
    at, gen = add(MIDNIGHT, minutes * 60), generation(World(events).attempts())
    found = generation_known(gen, at, add(histories.NOW, 60), unread)
    assert states(found.generation) == states(generation_at(gen, at))


def test_an_attempt_whose_start_moved_since_may_have_been_the_latest():
    noon, later = "2026-02-24T12:00:00.000Z", "2026-02-24T12:00:01.000Z"
    said = [(noon, 1, "11:51"), (noon, 2, "11:50"), (later, 1, "11:50")]
    events = [
        event
        for received, number, start in said
        for event in normalize(
            saying.deployment(
                clusterId=MIRA, buildVersion="1.0.0", attemptNumber=number, status="IN_PROGRESS",
                startedAt=f"2026-02-24T{start}:00Z", eventTime=f"2026-02-24T{start}:00Z", endedAt=None,
            ),
            received, suites=CATALOG.suites,
        )
    ]  # fmt: skip
    held = generation(World(events).attempts())
    before, after = (
        generation_known(held, noon, known, World(events).read(known)).generation.currents[MIRA, "authn"]
        for known in (noon, later)
    )
    assert (before.latest.attempt_id[-2:], after.latest.attempt_id[-2:]) == (":1", ":2")


def test_what_is_not_kept_is_shown_as_known_now_and_counted():
    late = attempt(
        "2026-02-20T10:00:00Z", received_at="2026-02-20T10:00:01.000Z", heard_at="2026-02-24T10:00:00.000Z"
    )
    found = generation_known(
        generation([late]), "2026-02-21T00:00:00.000Z", "2026-02-21T00:00:00.000Z",
        lambda rows: dict.fromkeys(row.attempt_id for row in rows),
    )  # fmt: skip
    [state] = found.generation.currents.values()
    assert (found.unread, state.latest.status) == (1, late.status)


def test_no_more_than_so_many_are_read():
    asked: list[str] = []

    def read(rows):
        asked.extend(row.attempt_id for row in rows)
        return dict.fromkeys(asked)

    many = [
        attempt("2026-02-20T10:00:00Z", service_id=f"s{n}", received_at="2026-02-20T10:00:01.000Z",
                heard_at="2026-02-24T10:00:00.000Z")
        for n in range(MOST + 20)
    ]  # fmt: skip
    at = "2026-02-21T00:00:00.000Z"
    found = generation_known(generation(many), at, at, read)
    assert (len(asked), len(set(asked)), found.unread) == (MOST, MOST, MOST + 20)


def test_a_late_word_is_invisible_to_who_asks_what_was_known_before(aws):
    """Through the worker's folds and the store: the success came at noon, the bad test results an hour later."""
    noon, later = "2026-02-23T12:00:00.000Z", "2026-02-23T13:00:00.000Z"
    version = {"buildVersion": "3.4.2", "attemptNumber": 7, "clusterId": MIRA}
    times = {"startedAt": "2026-02-23T11:50:00Z", "endedAt": "2026-02-23T11:58:00Z"}
    told_at = [
        (noon, saying.deployment(**version, **times)),
        (later, saying.test_result(attemptId=f"{MIRA}:authn:3.4.2:7", executedAt="2026-02-23T11:59:00Z",
                                   total=10, passed=9, failed=1)),
        (later, saying.deployment(buildVersion="3.4.3", attemptNumber=8, clusterId=MIRA,
                                  startedAt="2026-02-23T11:59:00Z", endedAt="2026-02-23T12:01:00Z")),
    ]  # fmt: skip
    applier = Applier(aws.dynamodb, aws.tables, lambda: CATALOG, 90, lambda: NOW)
    for received, said in told_at:
        events = normalize(said, received, suites=CATALOG.suites)
        assert applier.apply(events) == [None] * len(events)
    applier.close()
    model = ReadModel(clock=lambda: NOW)
    reader = ReadModelReader(aws.dynamodb, aws.tables)
    CatalogStore(aws.dynamodb, aws.tables, lambda: NOW).save(CATALOG)
    model.load(reader)
    store = Store(aws.dynamodb, aws.tables, b"a cursor secret of tests, 32 byte", 90, lambda: NOW)

    def served(known: Instant) -> Current:
        return generation_known(model.generation, later, known, reading(store, known)).generation.currents[
            MIRA, "authn"
        ]

    before, after = served(add(noon, 60)), served(later)
    assert before.serving is not None and after.serving is not None
    assert (before.serving.build_version, before.serving.gates) == ("3.4.2", ())
    assert after.serving.build_version == "3.4.3"
    assert after.last_good is None  # by now it is known that its gate had failed
