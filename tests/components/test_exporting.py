"""The links to files: what they say, and that they carry the filters of the page."""

from components.exporting import MOST, csv_link, csv_path
from data.long_lists import MOST_ROWS


def test_a_link_is_a_download_and_says_of_what_and_how_much():
    made = csv_link(csv_path("attempts"), "attempts")
    props = made["props"]
    assert props["href"] == "/api/exports/attempts.csv"
    assert props["download"] == ""
    assert props["title"] == "Download attempts as CSV: all pages, at most 10,000 rows"
    assert [one["props"].get("children") for one in props["children"]] == [None, "CSV", " of attempts"]


def test_an_address_carries_what_is_filtered_and_nothing_else():
    query = {"serviceId": "authn", "team": "R&D, Basel", "status": None}
    assert csv_path("analytics/builds", query) == (
        "/api/exports/analytics/builds.csv?serviceId=authn&team=R%26D%2C+Basel"
    )


def test_the_bound_that_is_said_is_the_one_that_holds():
    assert f"{MOST_ROWS:,}" == MOST
