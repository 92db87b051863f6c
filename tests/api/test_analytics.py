"""The analytics as JSON: by the day and by the hour, of a team, with what is behind the numbers."""

import pytest

from tests.api.test_read import answer
from tests.read_model import MIRA

DAYS = {"from": "2026-02-16", "to": "2026-02-23"}


def test_durations_have_percentiles_with_their_n_and_gaps_are_null(client):
    found = answer(client, "/api/analytics", serviceId="authn", clusterId=MIRA, **DAYS)
    assert found["deployDurations"]["p50Min"] == [None, None, None, 14.0, 14.0, None, None, None]
    assert found["deployDurations"]["n"] == [0, 0, 0, 1, 1, 0, 0, 0]
    assert found["summary"]["deployDuration"] == {"p50Min": 14.0, "p90Min": 14.0, "n": 2, "exact": True}


def test_failure_reasons_count_what_failed_and_what_was_rolled_back(client):
    found = answer(client, "/api/analytics", **DAYS)["failureReasons"]
    assert [(one["reason"], one["failed"], one["rollback"]) for one in found["reasons"]] == [
        ("error rate", 0, 1), ("image pull", 1, 0),
    ]  # fmt: skip
    assert found["reasons"][1]["examples"] == [{"text": "image pull", "attempts": 1}]
    assert (found["others"], found["otherKinds"]) == (None, 0)


def test_weeks_say_which_of_their_days_are_counted(client):
    found = answer(client, "/api/analytics", **DAYS)["deployWeeks"]
    assert [(one["monday"], one["from"], one["to"], one["partial"]) for one in found] == [
        ("2026-02-16", "2026-02-16", "2026-02-22", False), ("2026-02-23", "2026-02-23", "2026-02-23", True),
    ]  # fmt: skip
    assert sum(one["deploys"] for one in found) == sum(
        answer(client, "/api/analytics", **DAYS)["deployFrequency"]["deploys"]
    )


def test_by_the_hour_labels_are_hours_and_gates_stand_for_tests(client):
    found = answer(client, "/api/analytics", grain="hour", **{
        "from": "2026-02-20T09:00:00Z", "to": "2026-02-20T12:00:00Z"
    })  # fmt: skip
    hours = [f"2026-02-20T{hour:02}:00:00.000Z" for hour in (9, 10, 11)]
    assert found["grain"] == "hour"
    assert found["hours"] == {"from": hours[0], "to": "2026-02-20T12:00:00.000Z"}
    assert found["buildAttempts"]["labels"] == hours
    assert found["buildAttempts"]["success"] == [0, 1, 0]
    assert found["testPassRates"] == {"labels": hours}
    assert found["gatePassRates"]["functional"] == [None, 100.0, None]
    assert found["summary"]["gatePassRates"]["functional"]["n"] == 1
    assert found["deployWeeks"] == []


def test_without_days_an_hourly_answer_is_of_the_last_24_hours(client):
    found = answer(client, "/api/analytics", grain="hour")
    assert len(found["buildAttempts"]["labels"]) == 24
    assert found["partialHour"] == found["buildAttempts"]["labels"][-1] == "2026-02-24T12:00:00.000Z"
    assert found["partialDay"] is None


@pytest.mark.parametrize(("query", "field"), [
    ("grain=minute", "grain"), ("grain=hour&from=2026-02-20T09:30:00Z", "from"),
    ("grain=hour&from=2026-02-01&to=2026-02-20", "from"), ("from=2026-02-20T09:00:00Z", "from"),
])  # fmt: skip
def test_what_is_no_time_of_the_grain_is_refused_by_name(client, query, field):
    response = client.get(f"/api/analytics?{query}")
    assert response.status_code == 400
    assert response.get_json()["field"] == field


def test_an_unknown_team_is_not_there(client):
    assert client.get("/api/analytics?team=nobody").status_code == 404
