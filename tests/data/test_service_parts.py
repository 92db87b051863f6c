"""What is taken over from the generation before says what a generation made from scratch would say."""

from hypothesis import given, settings
from hypothesis import strategies as st

from data.gate_queries import back_test, effectiveness
from data.generation import Generation, make_generation
from data.instants import day_before, to_instant
from data.models import EVERYTHING
from data.quality_queries import flakiness, quality
from data.quality_views import BackTestRule, QualityFilter
from data.scorecard_numbers import MEASURES, Look
from data.service_parts import by_service
from tests.data.quality_worlds import tried, worlds
from tests.read_model import CATALOG, NOW, currents, generation, pair_days

FEBRUARY = QualityFilter("2026-02-01", "2026-02-24")
OF_ATTEMPTS = ("deploy_duration_p90", "flake_share")
RULE = BackTestRule(("SANITY",), None, 12.0)


def after(old: Generation, attempts, changed) -> Generation:
    """The generation that follows when these attempts' days are read anew."""
    days = pair_days(attempts)
    touched = {(*one.pair, one.started_at[:10]) for one in changed}
    news = [day for day in days if (day.cluster_id, day.service_id, day.day) in touched]
    columns = old.columns.replaced(touched, news, day_before("2026-02-24", 200))
    instant = to_instant(NOW)
    first = day_before("2026-02-24", 200)
    return make_generation(2000, instant, instant, CATALOG, currents(days), columns, first_day=first)


def told(gen: Generation):
    look = Look(gen, EVERYTHING, FEBRUARY.start, FEBRUARY.end, to_instant(NOW))
    return (
        quality(gen, EVERYTHING, FEBRUARY, NOW).turns,
        flakiness(gen, EVERYTHING, FEBRUARY, NOW).tax,
        flakiness(gen, EVERYTHING, FEBRUARY, NOW).same_build,
        effectiveness(gen, EVERYTHING, FEBRUARY, NOW).cases,
        effectiveness(gen, EVERYTHING, FEBRUARY, NOW).suites,
        back_test(gen, EVERYTHING, FEBRUARY, RULE, NOW).rows,
        [MEASURES[name](look) for name in OF_ATTEMPTS],
    )


@settings(max_examples=25)  # each asks everything three times
@given(worlds(), st.integers(0, 16))
def test_news_are_told_as_if_everything_had_been_worked_out_anew(attempts, number):
    known = attempts[:number]
    old = generation(known)
    told(old)
    assert told(after(old, attempts, attempts[number:])) == told(generation(attempts))


def test_only_the_service_that_something_happened_to_is_worked_out_again():
    attempts = [tried(1), tried(2, service_id="billing")]
    news = tried(30, service_id="billing")
    asked: list[str] = []

    def work(service_id: str) -> int:
        asked.append(service_id)
        return len(asked)

    old = generation(attempts)
    services = ("authn", "billing")
    by_service(old, "q", services, work)
    by_service(old, "q", services, work)
    assert asked == ["authn", "billing"]
    by_service(after(old, [*attempts, news], [news]), "q", services, work)
    assert asked == ["authn", "billing", "billing"]
