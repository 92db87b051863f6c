"""Whether a version may go on: by the path's own measures and by rules of the catalog; what is not shown is a no."""

import dataclasses
from typing import Any

import pytest

from data.catalog_models import Catalog, ClusterType, Freeze, GateRule
from data.errors import NotFound
from data.gate_check import Decision, check
from data.generation import Generation
from data.models import EVERYTHING, Attempt, Gate, Promotion, PromotionStatus, Scope, Status, Verdict
from data.promotion_path import lanes
from tests.read_model import AQUILA, CATALOG, MIRA, NOW, PAVO, attempt, gate, generation

PASSED = (gate("FUNCTIONAL", total=1000, failed=2), gate("SANITY"))
RULE = GateRule("Into production", ClusterType.PRODUCTION)


def there(day: str = "2026-02-24T02:00:00Z", gates: tuple[Gate, ...] = PASSED, **changes: Any) -> Attempt:
    """An attempt on the staging cluster-region."""
    good = tuple(dataclasses.replace(one, verdict=Verdict.PASSED) for one in gates)
    return attempt(day, **({"cluster_id": PAVO, "build_version": "2.0.0", "gates": good} | changes))


def world(*attempts: Attempt, **catalog: Any) -> Generation:
    return generation(attempts, catalog=dataclasses.replace(CATALOG, **catalog))


def decided(gen: Generation, promotions: list[Promotion] | None = None, to: str = AQUILA, **changes: Any) -> Decision:
    said: dict[str, Any] = {"service_id": "authn", "version": "2.0.0", "scope": EVERYTHING} | changes
    found = [] if promotions is None else promotions
    return check(gen, said["scope"], said["service_id"], said["version"], to, found, NOW)


def why(found: Decision) -> list[str]:
    return [one.code for one in found.findings if not one.passed]


def test_what_serves_in_the_stage_before_with_its_gates_passed_may_go_on():
    found = decided(world(there()))
    assert found.allowed
    assert [one.code for one in found.findings] == [
        "before", "gate:FUNCTIONAL", "gate:SANITY", "healthy", "production", "freeze", "promotion",
    ]  # fmt: skip


def test_another_version_there_or_none_is_a_no():
    assert why(decided(world(there("2026-02-23T02:00:00Z"), there(build_version="2.1.0")))) == ["before"]
    assert why(decided(world(there(cluster_id=MIRA)))) == ["before"]


@pytest.mark.parametrize(("gates", "codes"), [
    ((gate("FUNCTIONAL"),), ["gate:SANITY"]), ((), ["gate:FUNCTIONAL", "gate:SANITY"]),
])  # fmt: skip
def test_a_suite_that_is_expected_and_has_no_result_is_a_no(gates, codes):
    assert why(decided(world(there(gates=gates)))) == codes


@pytest.mark.parametrize(("least", "allowed"), [(99.8, True), (99.9, False)])
def test_a_rule_asks_for_a_least_pass_rate_to_the_tenth(least, allowed):
    rule = dataclasses.replace(RULE, suites=("FUNCTIONAL",), min_pass_rate=least)
    found = decided(world(there(), gates=(rule,)))
    assert (found.allowed, found.rule) == (allowed, "Into production")


def test_a_suite_without_counts_shows_no_pass_rate():
    rule = dataclasses.replace(RULE, suites=("SANITY",), min_pass_rate=50.0)
    silent = (Gate("SANITY", Verdict.PASSED),)
    assert why(decided(world(there(gates=silent), gates=(rule,)))) == ["gate:SANITY"]


@pytest.mark.parametrize(("hours", "allowed"), [(9.0, True), (10.0, False)])
def test_a_rule_asks_for_hours_served_in_the_stage_before(hours, allowed):
    found = decided(world(there(), gates=(dataclasses.replace(RULE, soak_hours=hours),)))
    assert found.allowed is allowed
    [soak] = [one for one in found.findings if one.code == "soak"]
    assert (soak.asked, soak.found) == (f"served {hours:g} h", "served 9.8 h")
    assert (soak.blocker is None) or soak.blocker.until == "2026-02-24T12:10:00.000Z"


def test_the_first_rule_that_is_about_the_service_and_the_stage_holds():
    rules = (
        GateRule("into staging", ClusterType.STAGING, soak_hours=1000.0),
        GateRule("billing", ClusterType.PRODUCTION, ("billing",), soak_hours=1000.0),
        dataclasses.replace(RULE, suites=()),
    )
    found = decided(world(there(gates=()), gates=rules))
    assert (found.allowed, found.rule) == (True, "Into production")


def test_a_change_failure_a_freeze_and_a_rejected_promotion_are_each_a_no():
    failed = attempt("2026-02-24T03:00:00Z", cluster_id=AQUILA, build_version="2.0.0", status=Status.ROLLBACK)
    assert why(decided(world(there(), failed))) == ["production"]
    frozen = Freeze("Year's end", "2026-02-24T00:00:00.000Z", "2026-02-25T00:00:00.000Z")
    assert why(decided(world(there(), freezes=(frozen,)))) == ["freeze"]
    rejected = Promotion(
        "p", "authn", "2.0.0", PAVO, AQUILA, "2026-02-24T03:00:00.000Z", PromotionStatus.REJECTED
    )  # fmt: skip
    assert why(decided(world(there()), [rejected])) == ["promotion"]
    elsewhere = dataclasses.replace(rejected, build_version="1.0.0")
    assert decided(world(there()), [elsewhere]).allowed


def test_promotions_that_could_not_be_read_are_a_no():
    found = check(world(there()), EVERYTHING, "authn", "2.0.0", AQUILA, None, NOW)
    assert why(found) == ["promotion"]


def test_the_first_stage_asks_nothing_of_a_stage_before():
    assert decided(world(there(cluster_id=MIRA, status=Status.FAILED)), to=MIRA).allowed


def test_a_cluster_region_of_no_known_stage_is_a_no():
    assert why(decided(world(there(), there(cluster_id="lyra")), to="lyra")) == ["before"]


@pytest.mark.parametrize("changes", [
    {"version": "9.9.9"}, {"service_id": "nobody"}, {"to": "nowhere"}, {"service_id": "billing"},
    {"scope": Scope(clusters=frozenset({MIRA}))}, {"scope": Scope(services=frozenset({"billing"}))},
])  # fmt: skip
def test_what_is_unknown_or_out_of_scope_is_not_there(changes):
    with pytest.raises(NotFound):
        decided(world(there()), **changes)


CATALOGS: list[dict[str, Any]] = [
    {}, {"gates": (RULE,)}, {"gates": (dataclasses.replace(RULE, soak_hours=48.0),)},
    {"gates": (dataclasses.replace(RULE, suites=("REGRESSION",)),)},
    {"freezes": (Freeze("now", "2026-02-24T00:00:00.000Z", "2026-02-25T00:00:00.000Z"),)},
]  # fmt: skip


@pytest.mark.parametrize("catalog", CATALOGS)
@pytest.mark.parametrize("gates", [PASSED, ()])
def test_the_promotions_page_and_the_check_say_the_same_of_a_version_that_waits(catalog: dict[str, Any], gates):
    older = attempt("2026-02-20T02:00:00Z", cluster_id=AQUILA)
    gen = world(older, there(gates=gates), **catalog)
    [waiting] = [one for lane in lanes(gen, EVERYTHING, NOW, []).lanes for one in lane.waiting]
    told = [one.blocker for one in decided(gen).findings if one.blocker]
    assert list(waiting.blockers) == told


def test_a_catalog_without_rules_holds_to_the_path_itself():
    assert Catalog().gates == ()
    assert decided(world(there())).rule is None
