"""Numbers and times as people read them; what is missing never reads as a number."""

import pytest

from components import words
from data.views import Rate
from tests.reading import words as text_of


@pytest.mark.parametrize(
    ("share", "shown"),
    [(1.0, "100 %"), (0.0, "0 %"), (0.984, "98.4 %"), (0.9999, "99.9 %"), (0.0001, "0.1 %"), (0.5, "50.0 %")],
)
def test_a_share_is_only_all_or_nothing_where_it_is(share, shown):
    assert words.percent(share).replace(words.THIN, " ") == shown


def test_a_rate_of_nothing_is_a_dash_that_says_why():
    shown = words.rate(Rate(None, 0, "no_attempts"))
    assert text_of(shown) == "– no finished attempts"
    assert "%" not in text_of(shown)


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0, "0 s"), (45.4, "45 s"), (59.6, "1.0 min"), (774, "12.9 min"), (3600, "1 h 00 min"),
     (7500, "2 h 05 min"), (3599, "1 h 00 min"), (90000, "25 h 00 min")],
)  # fmt: skip
def test_a_duration_has_the_unit_people_would_say(seconds, shown):
    assert words.duration(seconds).replace(words.THIN, " ") == shown


def test_a_time_is_absolute_and_machine_readable():
    shown = words.when("2026-02-24T10:00:07.123Z")
    assert shown["props"]["dateTime"] == "2026-02-24T10:00:07.123Z"
    assert shown["props"]["children"] == "2026-02-24 10:00 UTC"
    assert shown["props"]["title"] == "2026-02-24 10:00:07 UTC"


def test_an_unknown_time_is_a_dash():
    assert text_of(words.when(None)) == "– time not known"


def test_one_is_singular():
    assert words.counted(1, "service") == "1 service"
    assert words.counted(1234, "service") == "1,234 services"
    assert words.counted(2, "needs attention", "need attention") == "2 need attention"


def test_a_period_of_one_day_is_one_day():
    assert words.period("2026-02-24", "2026-02-24") == "2026-02-24 UTC"
    assert words.period("2026-02-01", "2026-02-24") == "2026-02-01 to 2026-02-24 UTC"
