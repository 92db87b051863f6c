"""Waves and what waits, as the API tells of them: on a known past, by stage and service, and within one's scope."""

from typing import Any

import pytest

from tests.api.test_promotions import answer
from tests.read_model import MIRA, PAVO


def test_what_waits_is_weighed_by_its_age(client: Any) -> None:
    found = answer(client, "/api/promotions/debt")["debts"]
    [authn] = [one for one in found if one["serviceId"] == "authn"]
    [owed] = authn["waiting"]
    assert (owed["clusterId"], owed["buildVersion"], owed["targets"]) == (MIRA, "3.4.2", [PAVO])
    assert authn["totalSec"] == owed["waitedSec"] > 0
    assert [one["totalSec"] for one in found] == sorted((one["totalSec"] for one in found), reverse=True)
    assert answer(client, "/api/promotions/debt", serviceId="authn")["debts"] == [authn]


def test_without_a_stage_of_several_cluster_regions_there_are_no_waves(client: Any) -> None:
    found = answer(client, "/api/promotions/convergence")
    assert (found["stage"], found["stages"], found["services"], found["complete"]) == (None, [], [], True)
    assert answer(client, "/api/promotions/convergence", stage="Production")["stage"] == "Production"


@pytest.mark.parametrize("path", ["/api/promotions/debt", "/api/promotions/convergence"])
def test_what_is_not_ones_own_is_not_found(scoped: Any, client: Any, path: str) -> None:
    assert scoped.get(f"{path}?serviceId=billing").status_code == 404
    assert client.get(f"{path}?serviceId=nobody").status_code == 404
    assert client.get(f"{path}?stage=Moon").status_code == 400
