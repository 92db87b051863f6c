"""Facts that stand at one place: what an image was built from, and pairs that were taken away."""

from dataclasses import replace
from typing import Any

import pytest

from data import keys
from data.dynamo import Dynamo
from data.events import BuildEvent, RetirementEvent, sealed
from data.instants import add
from data.models import Current, Instant, Status
from data.rebuild import derive, differences, read
from data.standing_folds import retired, to_build, to_retirement
from tests.data.test_apply import DAY, applied, current, deployed
from tests.data.test_histories import TABLES
from tests.histories import CLUSTER, NOW, SERVICE
from tests.memory import MemoryDynamo

IMAGE = "registry.example.com/acme/authn:1.0.0"


def built(sha: str, committed_at: Instant | None = None, **fields: Any) -> BuildEvent:
    event = BuildEvent(source="ci", event_time=committed_at or "", image=IMAGE, sha=sha, committed_at=committed_at)
    return replace(sealed(replace(event, **fields)), received_at=NOW)


def gone(minute: int) -> RetirementEvent:
    at = add(f"{DAY}T10:00:00.000Z", 60 * minute)
    event = RetirementEvent(
        source="kubernetes", event_time=at, cluster_id=CLUSTER, service_id=SERVICE, retired_at=at
    )  # fmt: skip
    return replace(sealed(event), received_at=NOW)


def seen(client: MemoryDynamo) -> Current:
    """The pair's state as a web process makes it."""
    item = client.tables[TABLES.read_model].get((keys.current_pk(CLUSTER), keys.retired_sk(SERVICE)))
    return retired(current(client), to_retirement(item) if item else None)


def test_the_last_word_on_an_image_counts_and_a_time_once_said_stays() -> None:
    client = MemoryDynamo()
    applied(client, [built("abc1234", f"{DAY}T09:00:00.000Z")])
    applied(client, [built("fff0000"), built("abc1234", f"{DAY}T09:00:00.000Z")])
    build = to_build(client.tables[TABLES.events][keys.build_partition(IMAGE), keys.BUILT])
    assert (build.sha, build.committed_at) == ("abc1234", f"{DAY}T09:00:00.000Z")


def test_a_retired_pair_serves_no_longer() -> None:
    client = MemoryDynamo()
    applied(client, [deployed("1.0.0", 0)])
    assert seen(client).serving
    applied(client, [gone(30)])
    after = seen(client)
    assert (after.serving, after.serving_since, after.retired_at) == (None, None, f"{DAY}T10:30:00.000Z")


@pytest.mark.parametrize("status", [Status.SUCCESS, Status.FAILED, Status.IN_PROGRESS])
def test_a_later_deployment_brings_it_back_and_only_a_good_one_serves(status: Status) -> None:
    client = MemoryDynamo()
    applied(client, [gone(30), deployed("1.1.0", 40, status), deployed("1.0.0", 0)])
    after = seen(client)
    assert after.retired_at is None
    assert (after.serving.build_version if after.serving else None) == ("1.1.0" if status is Status.SUCCESS else None)


def test_a_retirement_told_late_does_not_take_away_what_was_deployed_after_it() -> None:
    client = MemoryDynamo()
    applied(client, [deployed("1.0.0", 0), deployed("1.1.0", 40)])
    applied(client, [gone(30)])
    after = seen(client)
    assert after.serving and after.serving.build_version == "1.1.0"


def test_a_retirement_is_not_forgotten_with_the_facts_around_it() -> None:
    client = MemoryDynamo()
    applied(client, [deployed("1.0.0", 0), gone(30)])
    pk = keys.retirement_partition(CLUSTER, SERVICE)
    claims = [item for (partition, _), item in client.tables[TABLES.events].items() if partition == pk]
    assert len(claims) == 1
    assert "expiresAt" not in claims[0]


def test_a_rebuild_knows_retirements() -> None:
    client = MemoryDynamo()
    applied(client, [deployed("1.0.0", 0), gone(30)])
    stored = read(Dynamo(client), TABLES)  # type: ignore[arg-type]  # as much of a client as is needed
    assert differences(stored, derive(stored, "2026-01-01"), "2026-01-01") == {}
    del client.tables[TABLES.read_model][keys.current_pk(CLUSTER), keys.retired_sk(SERVICE)]
    stored = read(Dynamo(client), TABLES)  # type: ignore[arg-type]
    wrong = differences(stored, derive(stored, "2026-01-01"), "2026-01-01")
    assert wrong == {(keys.current_pk(CLUSTER), keys.retired_sk(SERVICE)): "is missing"}
