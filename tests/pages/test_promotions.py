"""The promotions page on a known past: what waits, why, and where everything leads."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from data.catalog import CatalogStore
from data.catalog_models import Freeze
from data.errors import Unavailable
from data.models import Scope
from data.store import Store
from tests.api.conftest import Site, deployed
from tests.conftest import fresh_aws
from tests.ingest import saying
from tests.pages.conftest import Browser
from tests.read_model import AQUILA, CATALOG, MIRA, NOW, PAVO
from tests.reading import hrefs, nodes, with_class, words

Visit = Callable[[str], Any]
FREEZES = (
    Freeze("Peak", "2026-02-24T00:00:00.000Z", "2026-02-26T00:00:00.000Z", (PAVO,), (), "Sales"),
    Freeze("Later", "2026-03-01T00:00:00.000Z", "2026-03-02T00:00:00.000Z"),
)
EARLY = {"startedAt": "2026-02-24T06:00:00Z", "endedAt": "2026-02-24T06:10:00Z"}
TOLD = [
    deployed("2026-02-24", 40, buildVersion="3.5.0", **EARLY),
    saying.promotion(
        buildVersion="3.5.0", fromClusterId=MIRA, toClusterId=PAVO, status="PENDING",
        promotedAt="2026-02-24T07:00:00Z",
    ),
]  # fmt: skip


@pytest.fixture(scope="module")
def busy(emulator: str, aws_clients: Any) -> Iterator[Site]:
    """A past with a freeze, a soak time, and a version that waits for approval."""
    with fresh_aws(emulator, *aws_clients) as aws:
        site = Site(aws)
        clusters = tuple(replace(one, soak_hours=12.0) for one in CATALOG.clusters)
        services = tuple(
            replace(one, team="Identity" if one.service_id == "authn" else "") for one in CATALOG.services
        )
        catalog = replace(CATALOG, clusters=clusters, services=services, freezes=FREEZES)
        CatalogStore(aws.dynamodb, aws.tables, lambda: NOW).save(catalog)
        site.say(*TOLD)
        yield site


@pytest.fixture(scope="module")
def see(busy: Site) -> Visit:
    return Browser(busy.app()).visit


def lanes(page: Any) -> list[str]:
    """The words of each lane."""
    [table] = with_class(page, "lanes")
    return [words(row) for row in list(nodes(table, "Tr"))[1:]]


def rows(page: Any) -> list[Any]:
    """The rows of the history."""
    [table] = [one for one in nodes(page, "Table") if words(one).startswith("Promotions, newest first")]
    return list(nodes(table, "Tr"))[1:]


def test_a_waiting_chip_opens_to_everything_that_would_block_it(see: Visit):
    [chip] = [one for one in with_class(see("/promotions"), "waits") if "3.5.0" in words(one)]
    assert chip["type"] == "Details"
    told = words(chip)
    for part in ("Blocked", "soak 2026-02-24 18:10 UTC", "Functional has no result", "Freeze Peak: Sales (until",
                 "Its promotion waits for approval", "For Pavo"):  # fmt: skip
        assert part in " ".join(told.split()), part
    [until] = [one for one in with_class(chip, "left") if one["type"] == "Time"]  # the browser counts down to it
    assert until["props"]["dateTime"] == "2026-02-24T18:10:00.000Z"
    assert "/promotions?service=authn&version=3.5.0#spread" in hrefs(chip)
    assert any(href.startswith("/builds/mira-us-west-2") for href in hrefs(chip))


def test_an_open_freeze_stands_at_its_stage_and_in_its_cells_and_a_coming_one_is_announced(see: Visit):
    page = see("/promotions")
    [table] = with_class(page, "lanes")
    heads = {words(one).split()[0]: " ".join(words(one).split()) for one in list(nodes(table, "Th"))[:4]}
    assert "Freeze Peak until" in heads["Staging"] and "Freeze Later from" in heads["Production"]
    assert "Peak" not in heads["Production"]
    assert len(with_class(page, "stop-frozen-area")) == 2  # Pavo, for each service
    assert all("Pavo" in words(one) for one in with_class(page, "stop-frozen-area"))


def test_the_strip_shows_which_of_the_next_days_a_freeze_covers(see: Visit):
    bars = [one["props"]["style"] for one in with_class(see("/promotions"), "freeze-bar")]
    assert bars == [{"left": "0.00%", "width": "14.29%"}, {"left": "35.71%", "width": "7.14%"}]


def test_without_freezes_the_page_says_so(visit: Visit):
    assert "No freeze now or in the next 14 days." in words(visit("/promotions"))


@pytest.mark.parametrize(
    ("query", "services"),
    [
        ("", ["Authentication", "Billing"]), ("?team=Identity", ["Authentication"]),
        ("?service=billing", ["Billing"]), ("?q=BILL", ["Billing"]), ("?q=3.5", ["Authentication"]),
        ("?show=blocked", ["Authentication", "Billing"]), ("?show=nonsense", ["Authentication", "Billing"]),
    ],
)  # fmt: skip
def test_filters_leave_the_lanes_asked_for(see: Visit, query: str, services: list[str]):
    assert [one.split()[0] for one in lanes(see("/promotions" + query))] == services


def test_filters_that_leave_nothing_can_be_taken_off(see: Visit):
    page = see("/promotions?q=nothing&show=ready&team=Identity")
    assert "No services match." in words(page)
    assert with_class(page, "lanes") == []
    assert "/promotions?team=Identity&show=ready" in hrefs(page)


def test_many_services_come_in_pages(see: Visit, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("components.promotion_lanes.lanes_a_page", lambda _shown: 1)
    first = see("/promotions?show=waiting")
    [after] = [one["props"]["href"] for one in nodes(first, "A") if words(one) == "Next services"]
    assert after == "/promotions?show=waiting&page=2#lanes"
    found = [
        lanes(see(address))[0].split()[0] for address in ("/promotions", "/promotions?page=2", "/promotions?page=99")
    ]
    assert found == ["Authentication", "Billing", "Billing"]
    assert len(lanes(see("/promotions?page=x"))) == 1


def test_every_filter_stays_in_the_address_of_every_other(see: Visit):
    page = see("/promotions?team=Identity&q=3.5&range=7d&status=PENDING")
    [waiting] = [one for one in nodes(page, "A") if words(one) == "Waiting" and "show=" in one["props"]["href"]]
    assert waiting["props"]["href"] == "/promotions?range=7d&team=Identity&q=3.5&show=waiting&status=PENDING"


def test_the_history_is_of_all_services_and_goes_on_where_it_ended(see: Visit, monkeypatch: pytest.MonkeyPatch):
    whole = [words(one) for one in rows(see("/promotions"))]
    assert len(whole) == 3 and "Waiting" in whole[0]
    monkeypatch.setattr("pages.promotions_list.ROWS", 2)
    seen, address = [], "/promotions"
    for _ in range(4):
        page = see(address)
        seen += [words(one) for one in rows(page)]
        older = [one["props"]["href"] for one in nodes(page, "A") if words(one) == "Older promotions"]
        if not older:
            break
        address = older[0]
    assert seen == whole


@pytest.mark.parametrize(("query", "count"), [
    ("status=PENDING", 1), ("status=SUCCEEDED", 2), (f"cluster={PAVO}", 2), (f"cluster={AQUILA}&service=authn", 1),
    ("service=authn&status=PENDING", 1), ("team=Identity", 3), ("team=Nobody", 0), ("team=Nobody&service=authn", 0),
    ("cursor=nonsense", 3), ("status=DONE", 3), (f"origin={MIRA}", 2), (f"origin={AQUILA}", 0), ("version=3.5.0", 1),
    (f"origin={PAVO}&cluster={AQUILA}", 1), ("from=2026-02-24&to=2026-02-24", 1), ("version=..%2F", 3),
])  # fmt: skip
def test_the_history_is_filtered_by_status_service_and_target(see: Visit, query: str, count: int):
    page = see(f"/promotions?{query}")
    nothing = "No promotion to list in these days." in words(page) or "No promotions match." in words(page)
    assert nothing == (count == 0)
    assert (len(rows(page)) if count else 0) == count


def test_a_filter_of_the_history_that_leaves_nothing_says_which(see: Visit):
    page = see("/promotions?status=REJECTED")
    assert "No promotions match." in words(page) and "status: rejected" in words(page)


def test_each_way_is_counted_and_its_counts_lead_to_as_many_rows(see: Visit):
    page = see("/promotions")
    [table] = with_class(page, "ways")
    pavo, aquila = list(nodes(table, "Tr"))[1:]
    assert "Mira" in words(pavo) and "Aquila" in words(aquila)
    assert [len(rows(see(address))) for address in hrefs(pavo)] == [2, 1]  # all of them, and those that succeeded
    assert "its steps were not reported" in words(pavo)


def test_convergence_shows_where_a_version_serves_and_what_lags(see: Visit):
    page = see("/promotions?service=authn&version=3.5.0")
    assert "3.5.0 serves on 1 of 2 cluster-regions." in words(page)
    assert "No version of this service serves anywhere." in words(see("/promotions?service=nobody"))
    assert "serves on 0 of 2" in words(see("/promotions?service=authn&version=9.9.9"))
    assert "serves on 1 of 2" in words(see("/promotions?service=authn&version=..%2F"))


def test_the_curves_are_of_a_stage_and_lead_to_attempts(see: Visit):
    def figures(address: str) -> list[Any]:
        return [one["props"]["figure"] for one in nodes(see(address), "Graph")]

    assert figures("/promotions") == []
    [figure] = figures("/promotions?service=authn&stage=Development")
    assert [line["name"] for line in figure["data"]] and all(
        href.startswith("/builds/") for line in figure["data"] for href in line["customdata"]
    )
    [everywhere] = figures("/promotions?service=authn&stage=nonsense")
    assert everywhere["data"][0]["name"] == "3.5.0"
    assert figures("/promotions?service=nobody") == []
    staging = see("/promotions?service=authn&stage=Staging")
    assert "Nothing came there yet" in words(staging) and not list(nodes(staging, "Graph"))
    assert "/promotions?service=authn&stage=Development#spread" in hrefs(staging)


def test_while_promotions_cannot_be_read_the_lanes_stay_and_say_what_they_lack(
    busy: Site, monkeypatch: pytest.MonkeyPatch
):
    def away(*_arguments: Any, **_names: Any) -> None:
        raise Unavailable("DynamoDB")

    for name in ("recent_promotions", "all_promotions"):
        monkeypatch.setattr(Store, name, away)
    page = Browser(busy.app()).visit("/promotions")  # of an application that keeps no view yet
    assert len(lanes(page)) == 2
    assert "whether one is pending or was rejected is not known" in words(page)
    assert "Could not load promotions of these days." in words(page)
    assert "waits for approval" not in words(page)


def test_a_scope_sees_only_its_own(busy: Site):
    mine = Scope(clusters=frozenset({MIRA}), services=frozenset({"authn"}))
    page = Browser(busy.app(scope=mine)).visit("/promotions")
    assert "Billing" not in words(page) and "Pavo" not in words(page)
    assert "No promotion to list in these days." in words(page)


def test_a_promotion_past_a_stage_is_in_the_table_and_the_graph_says_so(emulator: str, aws_clients: Any):
    with fresh_aws(emulator, *aws_clients) as aws:
        site = Site(aws)
        CatalogStore(aws.dynamodb, aws.tables, lambda: NOW).save(CATALOG)
        assert "another way" not in words(Browser(site.app()).visit("/promotions"))
        site.say(saying.promotion(buildVersion="3.4.2", fromClusterId=MIRA, toClusterId=AQUILA,
                                  promotedAt="2026-02-24T07:00:00Z"))  # fmt: skip
        page = Browser(site.app()).visit("/promotions")
        assert "1 went another way than from stage to stage: they are in the table." in words(page)
        assert "another way" not in words(Browser(site.app()).visit("/promotions?view=list"))


def test_what_waits_is_a_debt_weighed_by_its_age(see: Visit):
    page = see("/promotions")
    [panel] = [one for one in with_class(page, "panel") if words(one).startswith("Promotion debt")]
    assert "/docs/metrics#promotion-debt" in hrefs(panel)
    assert "/promotions?service=authn#lanes" in hrefs(panel)
