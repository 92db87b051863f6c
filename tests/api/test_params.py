"""Query strings into values: days, instants, periods."""

import pytest
from werkzeug.datastructures import MultiDict

from api import params
from api.params import Asked, asked, period
from data.errors import InvalidRequest
from data.models import Status, Trigger

TODAY = "2026-02-24"


def read(**query: str) -> Asked:
    return asked(MultiDict({name.rstrip("_"): value for name, value in query.items()}), params.ATTEMPTS)


def days(**query: str) -> Asked:
    return asked(MultiDict({name.rstrip("_"): value for name, value in query.items()}), params.DAYS)


def test_what_is_not_said_has_its_default():
    assert read() == Asked(limit=50)


def test_values_are_read():
    found = read(limit="200", status="ROLLBACK", trigger="hotfix", cancelled="true", cursor="abc")
    assert (found.limit, found.status, found.cancelled, found.cursor) == (200, Status.ROLLBACK, True, "abc")
    assert found.trigger is Trigger.HOTFIX


def test_a_date_includes_its_day_and_a_date_time_is_exclusive():
    found = read(from_="2026-02-01", to="2026-02-03")
    assert (found.since, found.until) == ("2026-02-01T00:00:00.000Z", "2026-02-04T00:00:00.000Z")
    found = read(from_="2026-02-01T01:00:00+01:00", to="2026-02-03T10:00:00.1239Z")
    assert (found.since, found.until) == ("2026-02-01T00:00:00.000Z", "2026-02-03T10:00:00.123Z")


def test_a_date_and_a_midnight_mean_the_same_whole_days():
    by_date = days(from_="2026-02-01", to="2026-02-03")
    by_time = days(from_="2026-02-01T00:00:00Z", to="2026-02-04T00:00:00Z")
    assert (by_date.first, by_date.last) == (by_time.first, by_time.last) == ("2026-02-01", "2026-02-03")


@pytest.mark.parametrize(("query", "expected"), [
    ({}, ("2025-11-27", "2026-02-24")),
    ({"from_": "2026-02-20"}, ("2026-02-20", "2026-02-24")),
    ({"to": "2026-02-20"}, ("2025-11-23", "2026-02-20")),
    ({"from_": "2026-02-20", "to": "2026-02-20"}, ("2026-02-20", "2026-02-20")),
    ({"from_": "2026-03-01"}, ("2026-03-01", "2026-03-01")),
])  # fmt: skip
def test_a_period_is_the_retention_until_today_unless_said_otherwise(query, expected):
    assert period(days(**query), TODAY, 90) == expected


@pytest.mark.parametrize("query", [
    {"from_": "2025-01-01"}, {"from_": "2025-01-01", "to": "2026-02-06"}, {"from_": "2026-02-02", "to": "2026-02-01"},
])  # fmt: skip
def test_a_period_has_an_order_and_a_bound(query):
    with pytest.raises(InvalidRequest) as caught:
        period(days(**query), TODAY, 90)
    assert caught.value.field == "from"


def test_four_hundred_days_are_allowed():
    assert period(days(from_="2025-01-01", to="2026-02-05"), TODAY, 90) == ("2025-01-01", "2026-02-05")
