"""A cluster-region's services as a table that sorts by its headings."""

from components.services_table import services_table
from data import promotion_path, queries
from data.models import EVERYTHING, Status
from tests.read_model import NOW, PAVO, attempt, generation
from tests.reading import hrefs, nodes, words

TOLD = generation([
    attempt("2026-02-20T10:00:00Z", build_version="1.0.0"),
    attempt("2026-02-21T10:00:00Z", build_version="1.1.0"),
    attempt("2026-02-20T11:00:00Z", build_version="1.0.0", cluster_id=PAVO),
    attempt("2026-02-23T10:00:00Z", build_version="1.1.0", cluster_id=PAVO, status=Status.FAILED,
            failure_reason="image pull"),
    attempt("2026-02-23T11:00:00Z", service_id="billing", cluster_id=PAVO, status=Status.IN_PROGRESS),
])  # fmt: skip


def shown(sort="health"):
    items = queries.cluster_summary(TOLD, EVERYTHING, PAVO, "2026-02-18", "2026-02-24", NOW).services
    behind = promotion_path.behind(TOLD, EVERYTHING)
    return services_table(items, behind, sort, lambda one: f"/clusters/pavo?sort={one}#services")


def rows(table):
    return [one for one in nodes(table, "Tr") if any(nodes(one, "Td"))]


def test_a_row_says_what_serves_what_was_tried_last_and_how_far_it_is_behind():
    authn, billing = rows(shown())
    assert "Needs attention failed: image pull" in words(authn)
    assert "1 version behind" in words(authn)
    assert f"/services/authn?cluster={PAVO}#attempts" in hrefs(authn)
    assert "nothing serves" in words(billing) and "In progress" in words(billing)


def test_the_current_order_is_said_to_everybody_and_the_others_are_links():
    table = shown("-since")
    states = {
        words(one): one["props"].get("aria-sort") for one in nodes(table, "Th") if one["props"].get("scope") == "col"
    }
    assert states == {
        "Service": None, "Health": None, "Serving": None, "Since": "descending", "Latest attempt": None,
        "Gates": None, "Last 12": None,
    }  # fmt: skip
    links = [href.split("sort=")[1] for href in hrefs(table) if "sort=" in href]
    assert links == ["name#services", "health#services", "since#services", "-latest#services"]


def test_a_second_click_turns_the_order_round():
    links = [href for href in hrefs(shown("name")) if "sort=" in href]
    assert links[0] == "/clusters/pavo?sort=-name#services"
