"""The service page beyond its counts, and the build page's place in time: over Dash's own routes, on a known past."""

from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest

from data.catalog import CatalogStore
from data.catalog_models import Cluster, ClusterType
from data.errors import Unavailable
from data.store import Store
from tests.api import conftest as said
from tests.api.conftest import FAILED, SERVING, Site, deployed
from tests.conftest import fresh_aws
from tests.pages.conftest import Browser
from tests.read_model import AQUILA, CATALOG, MIRA, NOW, PAVO
from tests.reading import hrefs, nodes, with_class, words

FIRST = f"{MIRA}:authn:3.4.1:1283"
CANCELLED = f"{MIRA}:authn:3.4.4:1286"


def build(attempt_id: str) -> str:
    return f"/builds/{quote(attempt_id, safe='')}"


def compare(*ids: str) -> str:
    return f"/services/authn?compare={quote(','.join(ids), safe='')}"


def table(page: Any, caption: str) -> Any:
    [found] = [one for one in nodes(page, "Table") if words(one).startswith(caption)]
    return found


def test_the_versions_of_a_service_are_shown_by_cluster_region(visit):
    grid = table(visit("/services/authn"), "Versions of this service")
    rows = list(nodes(grid, "Tr"))[1:]
    assert [words(row).split()[1] for row in rows] == ["3.4.4", "3.4.3", "3.4.2", "3.4.1"]
    [serving] = with_class(grid, "is-serving")
    assert hrefs(serving) == [build(SERVING)]
    assert "Rolled back," in words(rows[2])


def test_a_pair_in_trouble_has_its_way_back_and_a_healthy_one_none(visit):
    page = visit("/services/authn")
    cards = with_class(page, "rollback")
    assert [words(card).split()[0] for card in cards] == ["Mira", "Pavo"]
    assert "3.4.2 still serves: the failed attempt did not replace it." in words(cards[0]).replace("  ", " ")
    assert {build(FAILED), build(SERVING), build(FIRST)} <= set(hrefs(cards[0]))
    assert "there is nothing to go back to" in words(cards[1])
    assert with_class(visit("/services/billing"), "rollback") == []


def test_the_history_says_how_long_each_success_was_active(visit):
    rows = list(nodes(table(visit("/services/authn"), "Attempts, newest first"), "Tr"))
    column = [words(one) for one in nodes(rows[0], "Th")].index("Active for") - 1
    shown = {hrefs(row)[0]: words(list(nodes(row, "Td"))[column]) for row in rows[1:]}
    assert shown[build(FIRST)] == "24\u202fh 00\u202fmin"
    assert shown[build(SERVING)] == "2026-02-20 10:14 UTC  so far"
    assert shown[build(FAILED)] == "– it did not come to serve"


def test_two_attempts_are_chosen_by_links_and_the_address_is_the_state(visit):
    page = visit("/services/authn?range=30d")
    picks = {one["props"]["aria-label"]: one["props"]["href"] for one in with_class(page, "pick")}
    first = picks[f"Compare 3.4.1 on {MIRA}"]
    chosen = visit(first)
    assert "range=30d" in first
    assert "3.4.1 on mira-us-west-2 is chosen." in words(chosen).replace("  ", " ")
    second = next(
        one["props"]["href"] for one in with_class(chosen, "pick")
        if one["props"]["aria-label"] == f"Compare 3.4.1 on {MIRA} with 3.4.2 on {MIRA}"
    )  # fmt: skip
    assert second.endswith("#compare")
    both = visit(second.removesuffix("#compare"))
    assert "The two attempts" in words(both)
    undone = [one["props"]["href"] for one in with_class(both, "pick") if words(one).strip() == "Chosen"]
    assert len(undone) == 2
    assert "is chosen." in words(visit(undone[0]))


def test_a_comparison_shows_the_earlier_one_first_whatever_the_address_says(visit):
    for ids in ((SERVING, FAILED), (FAILED, SERVING)):
        facts = table(visit(compare(*ids)), "The two attempts")
        [line] = [row for row in nodes(facts, "Tr") if words(row).startswith("Build")]
        assert hrefs(line) == [build(SERVING), build(FAILED)]


@pytest.mark.parametrize("asked", ["x", "x,y", SERVING + "," + SERVING, f"{MIRA}:billing:1.0.0:31", "," * 50])
def test_what_cannot_be_compared_is_left_out(visit, asked):
    page = visit(f"/services/authn?compare={quote(asked, safe='')}")
    assert "The two attempts" not in words(page)
    assert "Attempts, newest first" in words(page)


def test_an_attempt_that_is_gone_is_said(visit):
    assert "One of the two attempts is not known." in words(visit(compare(SERVING, f"{MIRA}:authn:0.0.1:1")))


def test_a_build_leads_to_its_neighbours_and_to_the_comparison_with_what_served(visit):
    page = visit(build(FAILED))
    steps = {
        one["props"]["data-step"]: one["props"]["href"] for one in nodes(page, "A") if "data-step" in one["props"]
    }
    assert steps == {"previous": build(SERVING), "next": build(CANCELLED)}
    assert compare(SERVING, FAILED) + "#compare" in hrefs(page)
    assert "the first here" in words(visit(build(FIRST)))


def test_gates_are_shown_against_what_served_before(living):
    living.say(
        deployed("2026-02-24", 9, buildVersion="3.4.5"),
        said.tested(f"{MIRA}:authn:3.4.5:9", "FUNCTIONAL", 42, executedAt="2026-02-24T10:09:00Z"),
    )
    page = Browser(living.app()).visit(build(f"{MIRA}:authn:3.4.5:9"))
    assert "−10.0\u202fpoints, 42 more failed" in words(table(page, "Gates"))
    assert "before: 3.4.2" in words(page).replace("  ", " ")


def test_the_timeline_is_there_in_words_too(visit):
    [lines] = with_class(visit(build(SERVING)), "timeline-list")
    assert [words(line).split(",")[0].strip() for line in nodes(lines, "Li")] == [
        "Rollout", "Functional tests", "Functional tests", "Sanity tests",
    ]  # fmt: skip


def test_every_event_can_be_unfolded_and_copied(visit):
    page = visit(build(SERVING))
    [raw] = with_class(page, "raws")
    assert words(raw).startswith("Raw events (4)")
    assert len(list(nodes(raw, "Pre"))) == 4
    copies = [one["props"]["data-copy"] for one in nodes(page, "Button")]
    assert SERVING in copies and "3.4.2" in copies and "abc1234" in copies


@pytest.fixture
def living(emulator, aws_clients):
    """A site of one's own, to say more."""
    with fresh_aws(emulator, *aws_clients) as aws:
        yield Site(aws)


def test_regions_apart_are_said_in_words(living):
    eu = Cluster("aquila-eu-central-1", "Aquila EU", ClusterType.PRODUCTION, order=3)
    more = replace(CATALOG, clusters=(*CATALOG.clusters, eu))
    CatalogStore(living.aws.dynamodb, living.aws.tables, lambda: NOW).save(more)
    living.say(
        deployed("2026-02-18", 1, serviceId="search", clusterId=eu.cluster_id, buildVersion="1.0.0"),
        deployed("2026-02-19", 2, serviceId="search", clusterId=AQUILA, buildVersion="1.1.0"),
        deployed("2026-02-20", 3, serviceId="search", clusterId=AQUILA, buildVersion="1.2.0"),
    )
    shown = words(with_class(Browser(living.app()).visit("/services/search"), "skews")[0])
    assert " ".join(shown.split()) == "Aquila is 2 versions ahead of Aquila EU : 1.2.0 and 1.0.0"


class Away:
    """A store whose lists of a service do not answer."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def __getattr__(self, name: str) -> Any:
        if name in ("service_attempts", "recoveries"):
            raise Unavailable("no answer")
        return getattr(self._store, name)


def test_a_part_that_cannot_be_read_says_so_and_the_others_stand(site):
    store = Away(Store(site.aws.dynamodb, site.aws.tables, site.settings.cursor_secret, 90, lambda: NOW))
    shown = words(Browser(site.app(store=store)).visit("/services/authn"))
    assert "Could not load versions." in shown and "Could not load the way back." in shown
    assert "Cluster-regions" in shown and PAVO in shown


def test_a_build_that_runs_for_longer_than_is_usual_there_says_so(emulator: str, aws_clients: Any):
    with fresh_aws(emulator, *aws_clients) as aws:
        site = Site(aws)
        CatalogStore(aws.dynamodb, aws.tables, lambda: NOW).save(CATALOG)
        past = [deployed(f"2026-02-{day}", day, buildVersion=f"3.{day}.0") for day in range(10, 16)]
        began = {"startedAt": "2026-02-24T11:00:00Z", "endedAt": None, "status": "IN_PROGRESS"}
        short = {"startedAt": "2026-02-24T11:55:00Z", "endedAt": None, "status": "IN_PROGRESS"}
        site.say(
            *past, deployed("2026-02-24", 30, buildVersion="3.30.0", **began),
            deployed("2026-02-24", 31, buildVersion="3.31.0", **short),
        )  # fmt: skip
        browser = Browser(site.app())
        told = words(browser.visit(build(f"{MIRA}:authn:3.30.0:30")))
        assert (
            "Unusually long: more than twice the median of 14.0\u202fmin here (n 8)." in told
        )  # and two of the site
        assert "Unusually long" not in words(browser.visit(build(f"{MIRA}:authn:3.31.0:31")))
