"""Query strings into values: days, instants, periods."""

import pytest
from werkzeug.datastructures import MultiDict

from api import params
from api.params import Asked, asked, period
from data.errors import InvalidRequest
from data.models import Status, Trigger
from data.views import AnalyticsFilter
from tests.read_model import NOW

TODAY = "2026-02-24"


def read(**query: str) -> Asked:
    return asked(MultiDict({name.rstrip("_"): value for name, value in query.items()}), params.ATTEMPTS)


def charted(**query: str) -> AnalyticsFilter:
    found = asked(MultiDict({name.rstrip("_"): value for name, value in query.items()}), params.ANALYTICS)
    return params.analytics_filter(found, NOW, 90)


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


def test_analytics_are_of_whole_days_unless_hours_are_asked_for():
    assert charted() == AnalyticsFilter("2025-11-27", TODAY)
    assert charted(from_="2026-02-01", to="2026-02-03", team="Platform", grain="day") == AnalyticsFilter(
        "2026-02-01", "2026-02-03", team="Platform"
    )
    assert charted(from_="2026-02-01T00:00:00Z", to="2026-02-03T00:00:00Z").end == "2026-02-02"
    assert charted(to="9999-12-31").end == "9999-12-31"


def test_hours_are_the_last_24_or_those_said():
    last = AnalyticsFilter("2026-02-23", TODAY, hours=("2026-02-23T13:00:00.000Z", "2026-02-24T13:00:00.000Z"))
    assert charted(grain="hour") == last
    assert charted(grain="hour", to="2026-02-24T13:00:00Z") == last
    assert charted(grain="hour", from_="2026-02-23T13:00:00Z") == last
    day = ("2026-02-23T00:00:00.000Z", "2026-02-24T00:00:00.000Z")
    assert charted(grain="hour", from_="2026-02-23", to="2026-02-23").hours == day
    assert charted(grain="hour", from_="2026-02-23", to="2026-02-23").end == "2026-02-23"


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"grain": "week"}, "grain"),
        ({"from_": "2026-02-01T10:00:00Z"}, "from"),
        ({"to": "2026-02-01T10:00:00Z"}, "to"),
        ({"to": "1971-01-01T00:00:00Z"}, "to"),
        ({"grain": "hour", "from_": "2026-02-01T10:30:00Z"}, "from"),
        ({"grain": "hour", "to": "2026-02-01T10:30:00Z"}, "to"),
        ({"grain": "hour", "from_": "2026-02-01", "to": "2026-02-03"}, "from"),
        ({"grain": "hour", "from_": "2026-02-01T10:00:00Z", "to": "2026-02-01T10:00:00Z"}, "from"),
        ({"grain": "hour", "from_": "9999-12-31T10:00:00Z"}, "from"),
    ],
)
def test_hours_that_cannot_be_counted_are_refused(query, field):
    with pytest.raises(InvalidRequest) as refused:
        charted(**query)
    assert refused.value.field == field
