"""What a service's attempts tell beside each other: the grid, the skew, how long each success was active."""

from data.catalog_models import Cluster, ClusterType, Service
from data.health import pair_state
from data.models import Attempt, Status
from data.service_history import active_spans, skews, version_grid
from data.views import PairState
from tests.read_model import AQUILA, MIRA, attempt, currents, pair_days

EU = "aquila-eu-central-1"
PLACES = {
    MIRA: Cluster(MIRA, "Mira", ClusterType.DEVELOPMENT, order=1),
    AQUILA: Cluster(AQUILA, "Aquila US", ClusterType.PRODUCTION, order=3),
    EU: Cluster(EU, "Aquila EU", ClusterType.PRODUCTION, order=3),
}


def tried(day: int, version: str, cluster: str = MIRA, **changes: object) -> Attempt:
    return attempt(f"2026-02-{day:02d}T10:00:00Z", build_version=version, cluster_id=cluster, **changes)


def states(*attempts: Attempt) -> list[tuple[Cluster, PairState]]:
    found = currents(pair_days(attempts))
    return [
        (cluster, pair_state(found[name, "authn"], Service("authn", "AuthN")))
        for name, cluster in PLACES.items()
        if (name, "authn") in found
    ]


def newest(*attempts: Attempt) -> list[Attempt]:
    return sorted(attempts, key=lambda one: one.started_at, reverse=True)


def test_the_grid_has_the_newest_versions_first_and_says_what_serves():
    past = [tried(1, "1.0.0"), tried(2, "1.1.0"), tried(3, "1.2.0", status=Status.FAILED), tried(4, "1.0.0", AQUILA)]
    rows = version_grid(newest(*past), states(*past))
    assert [(row.place, row.version) for row in rows] == [(1, "1.2.0"), (2, "1.1.0"), (3, "1.0.0")]
    assert rows[0].tried[MIRA].status is Status.FAILED
    assert {(row.version, name) for row in rows for name, one in row.tried.items() if one.serving} == {
        ("1.1.0", MIRA), ("1.0.0", AQUILA),
    }  # fmt: skip


def test_the_grid_shows_the_newest_attempt_of_a_version_but_the_one_that_serves_before_all():
    first, again = tried(1, "1.0.0"), tried(2, "1.0.0", status=Status.FAILED)
    [row] = version_grid(newest(first, again), states(first, again))
    assert row.tried[MIRA].attempt_id == first.attempt_id and row.tried[MIRA].serving
    other = tried(3, "1.1.0")
    [_, older] = version_grid(newest(first, again, other), states(first, again, other))
    assert older.tried[MIRA].attempt_id == again.attempt_id


def test_an_old_version_that_still_serves_is_never_cut_off():
    past = [tried(1, "1.0.0", AQUILA), *(tried(day, f"1.{day}.0") for day in range(2, 20))]
    rows = version_grid(newest(*past)[:15], states(*past), rows=10)
    assert [row.version for row in rows][-1] == "1.0.0"
    assert len(rows) == 11


def test_regions_of_a_stage_are_compared_by_the_versions_between():
    past = [tried(1, "1.0.0", EU), tried(2, "1.1.0"), tried(3, "1.2.0", AQUILA), tried(4, "1.3.0")]
    [found] = skews(newest(*past), states(*past), complete=True)
    assert (found.ahead, found.behind, found.steps, found.at_least) == (AQUILA, EU, 2, False)
    assert (found.ahead_version, found.behind_version) == ("1.2.0", "1.0.0")


def test_a_skew_to_a_version_older_than_what_was_read_is_at_least_so_large():
    past = [tried(1, "1.0.0", EU), tried(3, "1.2.0", AQUILA)]
    [found] = skews(newest(*past)[:1], states(*past), complete=False)
    assert (found.steps, found.at_least) == (1, True)


def test_regions_that_serve_the_same_are_not_apart_and_one_that_serves_nothing_is_not_compared():
    same = [tried(1, "1.0.0", EU), tried(2, "1.0.0", AQUILA)]
    assert skews(newest(*same), states(*same), complete=True) == []
    none = [tried(1, "1.0.0", EU, status=Status.FAILED), tried(2, "1.1.0", AQUILA)]
    assert skews(newest(*none), states(*none), complete=True) == []


def spans(items: list[Attempt], known: list[Attempt], serving: Attempt | None = None, **retired: str) -> dict:
    ids = {serving.attempt_id} if serving else set()
    found = active_spans(items, known, ids, {name.replace("_", "-"): when for name, when in retired.items()})
    return {one.split(":")[2]: (span.since[8:10], span.until and span.until[8:10]) for one, span in found.items()}


def test_a_success_is_active_from_its_end_until_the_next_success_on_its_pair():
    one, failed, two = tried(1, "1.0.0"), tried(3, "1.1.0", status=Status.FAILED), tried(5, "1.2.0")
    elsewhere = tried(2, "1.1.0", AQUILA)
    past = newest(one, failed, two, elsewhere)
    assert spans(past, past, serving=two) == {"1.0.0": ("01", "05"), "1.2.0": ("05", None)}


def test_what_lies_between_an_older_page_and_the_newest_attempts_is_not_guessed():
    page, far = [tried(2, "1.1.0"), tried(1, "1.0.0")], [tried(9, "1.9.0")]
    assert spans(page, far, serving=far[0]) == {"1.0.0": ("01", "02")}
    assert spans(page, [*far, page[0]], serving=far[0]) == {"1.0.0": ("01", "02"), "1.1.0": ("02", "09")}


def test_a_retired_pair_was_active_until_it_was_taken_away():
    one = tried(1, "1.0.0")
    assert spans([one], [one], mira_us_west_2="2026-02-07T00:00:00.000Z") == {"1.0.0": ("01", "07")}
    assert spans([one], [], mira_us_west_2="2026-02-07T00:00:00.000Z") == {}


def test_an_attempt_that_neither_serves_nor_was_followed_has_no_span():
    one = tried(1, "1.0.0")
    assert spans([one], [one]) == {}
