"""What is added up from kept parts is what a walk over every attempt finds, generation after generation."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from data.analytics_queries import analytics, held
from data.attempt_columns import Chunk
from data.catalog_models import Service
from data.columns import Columns
from data.generation import make_generation
from data.models import EVERYTHING, Attempt, Gate, Scope, Status, Verdict
from data.views import AnalyticsFilter
from tests.data.quality_worlds import judged
from tests.read_model import AQUILA, CATALOG, MIRA, NOW, attempt, currents, gate, generation, pair_days
from tests.slow_analytics import walked

DAYS = ("2026-01-30", "2026-01-31", "2026-02-01", "2026-02-02")
BILLING, AUTHN = Service("billing", "Billing", team="money"), Service("authn", "Authn", team="core")
TEAMS = replace(CATALOG, services=(BILLING, AUTHN))
GATES = (
    (), (gate("SANITY"),), (gate("SANITY", failed=1),), (gate("SANITY"), gate("NEW", failed=1)),
    (Gate("SANITY", Verdict.MISSING), gate("FUNCTIONAL")),
    judged("SANITY", (Verdict.FAILED, Verdict.PASSED)), judged("SANITY", (Verdict.PASSED, Verdict.PASSED)),
)  # fmt: skip
REASONS = (
    None, "pod a-1 not ready", "pod a-2 not ready", "Pod a-2 not ready", "no space left", "NO space left",
    *(f"{word} of authn failed" for word in ("alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta")),
)  # fmt: skip


@st.composite
def some_attempt(draw):
    day, hour, minute = draw(st.sampled_from(DAYS)), draw(st.integers(0, 23)), draw(st.sampled_from((0, 1, 59)))
    return attempt(
        f"{day}T{hour:02}:{minute:02}:00.{draw(st.integers(0, 1)):03}Z",
        cluster_id=draw(st.sampled_from((MIRA, AQUILA))),
        service_id=draw(st.sampled_from(("authn", "billing"))),
        build_version=draw(st.sampled_from(("1.0.0", "1.0.1"))),
        status=draw(st.sampled_from((*Status, *[Status.FAILED] * 4))),
        failure_reason=draw(st.sampled_from(REASONS)),
        cancelled=draw(st.integers(0, 9)) == 0,
        gates=draw(st.sampled_from(GATES)),
        n=str(draw(st.integers(1, 10**6))),
    )


some_attempts = st.lists(some_attempt(), max_size=25, unique_by=lambda one: one.attempt_id)
SCOPES = (EVERYTHING, Scope(clusters=frozenset({MIRA})), Scope(services=frozenset({"billing"})))
NARROWED: tuple[dict[str, str], ...] = (
    {},
    {"cluster_id": MIRA},
    {"service_id": "billing"},
    {"cluster_id": MIRA, "team": "money"},
)


@st.composite
def asked(draw):
    """Some days, or some hours."""
    first, last = sorted(draw(st.tuples(*[st.integers(0, len(DAYS) - 1)] * 2)))
    wanted = AnalyticsFilter(DAYS[first], DAYS[last], **draw(st.sampled_from(NARROWED)))
    if draw(st.booleans()):
        return wanted
    since, until = draw(st.integers(0, 22)), draw(st.integers(1, 23))
    until = max(until, since + 1) if first == last else until
    return replace(wanted, hours=(f"{DAYS[first]}T{since:02}:00:00.000Z", f"{DAYS[last]}T{until:02}:00:00.000Z"))


def seen(gen, scope, wanted):
    """What the analytics say and what the walk does, of the same fields; None where the scope has nothing of it."""
    scope = EVERYTHING if wanted.cluster_id or wanted.service_id or wanted.team else scope
    wanted = held(gen, wanted, NOW)
    slow = walked(gen, scope, wanted)
    quick = analytics(gen, scope, wanted, NOW)
    return {name: getattr(quick, name) for name in slow}, slow


@given(some_attempts, st.lists(st.tuples(asked(), st.sampled_from(SCOPES)), min_size=1, max_size=4))
def test_parts_add_up_to_what_a_walk_over_the_attempts_finds(attempts, questions):
    gen = generation(attempts, catalog=TEAMS)
    for wanted, scope in questions:
        quick, slow = seen(gen, scope, wanted)
        assert quick == slow


@given(some_attempts, st.lists(some_attempts, min_size=1, max_size=3), asked(), st.sampled_from(SCOPES))
def test_what_is_kept_of_a_generation_is_true_of_the_next(first, later, wanted, scope):
    columns = Columns()
    every: dict[str, Attempt] = {}
    for attempts in (first, *later):
        every |= {one.attempt_id: one for one in attempts}
        touched = {(*one.pair, one.started_at[:10]) for one in attempts}
        days = pair_days(every.values())
        fresh = [day for day in days if (day.cluster_id, day.service_id, day.day) in touched]
        columns = columns.replaced(touched, fresh, "2025-12-01")
        gen = make_generation(1, "", "2026-02-24T12:00:00.000Z", TEAMS, currents(days), columns)
        quick, slow = seen(gen, scope, wanted)
        assert quick == slow
    assert quick == seen(generation(every.values(), catalog=TEAMS), scope, wanted)[0]


def test_a_day_that_did_not_change_is_not_looked_at_again(monkeypatch):
    before = generation([attempt(f"{day}T10:00:00Z") for day in DAYS])
    week = AnalyticsFilter(DAYS[0], DAYS[-1])
    analytics(before, EVERYTHING, week, NOW)
    asked_for: list[Chunk | None] = []
    monkeypatch.setattr("data.parcels.parcel", _noting(asked_for))
    [late] = pair_days([attempt(f"{DAYS[2]}T10:00:00Z"), attempt(f"{DAYS[2]}T11:00:00Z")])
    columns = before.columns.replaced({(MIRA, "authn", DAYS[2])}, [late], "2025-12-01")
    after = make_generation(2, "", before.as_of, before.catalog, before.currents, columns)
    assert analytics(after, EVERYTHING, week, NOW).counts.success == 5
    assert len(asked_for) == 1


def _noting(asked_for):
    from data.parcels import parcel

    def noting(chunk, *others, **more):
        asked_for.append(chunk)
        return parcel(chunk, *others, **more)

    return noting
