"""Promotions of everything as one list, and the lanes: what the API says of what waits."""

from dataclasses import replace
from typing import Any

import pytest

from data.catalog import CatalogStore
from data.catalog_models import Freeze
from data.errors import Unavailable
from data.store import Store
from tests.api.conftest import SERVING, Site, deployed
from tests.conftest import fresh_aws
from tests.ingest import saying
from tests.read_model import AQUILA, CATALOG, MIRA, NOW, PAVO

OPEN = Freeze("Peak", "2026-02-24T00:00:00.000Z", "2026-02-26T00:00:00.000Z", (PAVO,), ("authn",), "Sales")
SOAKING = replace(
    CATALOG, freezes=(OPEN,), clusters=tuple(replace(one, soak_hours=8760.0) for one in CATALOG.clusters)
)


def answer(client: Any, path: str, **query: Any) -> Any:
    response = client.get(path, query_string=query)
    assert response.status_code == 200, response.text
    return response.get_json()


def test_promotions_of_everything_are_paged_without_loss(client):
    whole = answer(client, "/api/promotions")["promotions"]
    assert [one["toClusterId"] for one in whole] == [AQUILA, PAVO]
    first = answer(client, "/api/promotions", limit=1)
    rest = answer(client, "/api/promotions", limit=1, cursor=first["nextCursor"])
    assert first["promotions"] + rest["promotions"] == whole
    assert rest["nextCursor"] is None


def test_promotions_can_be_asked_for_by_status(client):
    assert len(answer(client, "/api/promotions", status="SUCCEEDED")["promotions"]) == 2
    for more in ({}, {"serviceId": "authn"}, {"clusterId": AQUILA}):
        assert answer(client, "/api/promotions", status="PENDING", **more)["promotions"] == []


def test_a_scope_sees_only_its_own_promotions_and_lanes(scoped):
    assert answer(scoped, "/api/promotions")["promotions"] == []
    found = answer(scoped, "/api/promotions/lanes")
    assert [(one["serviceId"], [stop["clusterId"] for stop in one["stops"]]) for one in found["lanes"]] == [
        ("authn", [MIRA])
    ]
    assert scoped.get("/api/promotions/lanes?serviceId=billing").status_code == 404


def test_lanes_say_what_waits_and_what_would_block_it(client):
    found = answer(client, "/api/promotions/lanes", serviceId="authn")
    assert [one["type"] for one in found["stages"]] == ["Development", "Staging", "Production"]
    [lane] = found["lanes"]
    mira, pavo, _ = lane["stops"]
    assert (mira["currentVersion"], mira["attemptId"], mira["behind"]) == ("3.4.2", SERVING, None)
    assert (pavo["currentVersion"], pavo["waiting"], pavo["behind"]) == (None, None, None)
    assert mira["waiting"]["targets"] == [PAVO]
    assert [(one["kind"], one["words"]) for one in mira["waiting"]["blockers"]] == [
        ("unhealthy", "3.4.3 failed: image pull")
    ]
    assert found["promotionsRead"] is True


def test_an_unknown_service_has_no_lane(client):
    response = client.get("/api/promotions/lanes?serviceId=nobody")
    assert (response.status_code, response.mimetype) == (404, "application/problem+json")


def test_lanes_without_promotions_say_so(client, monkeypatch):
    def away(*_arguments: Any, **_names: Any) -> None:
        raise Unavailable("DynamoDB")

    monkeypatch.setattr(Store, "recent_promotions", away)
    found = answer(client, "/api/promotions/lanes")
    assert found["promotionsRead"] is False and len(found["lanes"]) == 2


@pytest.fixture
def frozen(emulator: str, aws_clients: Any) -> Any:
    """A site with a freeze, soak times and a promotion somebody has to approve."""
    with fresh_aws(emulator, *aws_clients) as aws:
        site = Site(aws)
        CatalogStore(aws.dynamodb, aws.tables, lambda: NOW).save(SOAKING)
        site.say(
            deployed("2026-02-24", 40, buildVersion="3.5.0", startedAt="2026-02-24T06:00:00Z",
                     endedAt="2026-02-24T06:10:00Z"),
            saying.promotion(buildVersion="3.5.0", fromClusterId=MIRA, toClusterId=PAVO, status="PENDING",
                             promotedAt="2026-02-24T07:00:00Z"),
        )  # fmt: skip
        yield site


def test_freeze_soak_time_gates_and_promotion_block_together(frozen):
    found = answer(frozen.app().server.test_client(), "/api/promotions/lanes", serviceId="authn")
    [mira, *_] = found["lanes"][0]["stops"]
    kinds = [(one["kind"], one["clusterId"]) for one in mira["waiting"]["blockers"]]
    assert kinds == [
        ("gate_missing", MIRA), ("gate_missing", MIRA), ("soak", MIRA), ("freeze", PAVO), ("promotion_pending", PAVO)
    ]  # fmt: skip
    assert mira["waiting"]["soakUntil"] == "2027-02-24T06:10:00.000Z"
    assert mira["waiting"]["soakLeftSec"] == 365 * 86400 - 5 * 3600 - 3000
    assert found["freezes"] == [
        {"name": "Peak", "from": OPEN.start, "to": OPEN.end, "clusterIds": [PAVO], "serviceIds": ["authn"],
         "reason": "Sales"}
    ]  # fmt: skip
