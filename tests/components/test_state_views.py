"""Cards and tables of states."""

from components import state_views
from components.services_table import services_table
from data.models import EVERYTHING, Status
from data.promotion_views import Behind
from data.queries import cluster_summary, clusters, overview, service_summary
from tests.read_model import AQUILA, MIRA, NOW, PAVO, attempt, gate, generation
from tests.reading import nodes, with_class, words

BOTH = (gate("FUNCTIONAL"), gate("SANITY"))
HELD = generation(
    [
        attempt("2026-02-20T10:00:00Z", build_version="1.0.0", gates=BOTH),
        attempt("2026-02-21T10:00:00Z", build_version="1.1.0", status=Status.FAILED, failure_reason="image pull"),
        attempt("2026-02-20T10:00:00Z", cluster_id=PAVO, gates=BOTH),
        attempt("2026-02-24T11:00:00Z", cluster_id=PAVO, build_version="1.2.0", status=Status.IN_PROGRESS),
        attempt("2026-02-20T10:00:00Z", cluster_id=AQUILA, service_id="billing"),
    ]
)
SHOWN = overview(HELD, EVERYTHING, NOW)


def test_a_cluster_card_counts_its_services_by_word():
    pavo = next(one for one in clusters(HELD, EVERYTHING) if one.cluster.cluster_id == PAVO)
    card = state_views.cluster_card(pavo)
    assert "1 healthy" in words(card)
    assert "0 need attention" in words(card)
    assert "1 in progress" in words(card)


def test_the_stages_are_in_promotion_order():
    titles = [words(title) for title in nodes(state_views.stages(SHOWN.clusters), "H3")]
    assert titles == ["Development", "Staging", "Production"]


def test_each_service_of_a_cluster_has_health_serving_latest_gates_and_history():
    summary = cluster_summary(HELD, EVERYTHING, MIRA, "2026-02-01", "2026-02-24", NOW)
    table = services_table(summary.services, {}, "health", lambda sort: f"/?sort={sort}")
    [row] = [row for row in nodes(table, "Tr") if "Authentication" in words(row)]
    assert "Needs attention failed: image pull 1.0.0" in words(row)
    assert with_class(row, "history")[0]["props"]["aria-label"] == "Last 2 attempts: 1 success, 1 failed"


def test_a_service_shows_each_of_its_cluster_regions():
    summary = service_summary(HELD, EVERYTHING, "authn", "2026-02-01", "2026-02-24", NOW)
    table = state_views.clusters_table(summary.states, {})
    assert [words(head).split()[0] for head in nodes(table, "Th") if head["props"]["scope"] == "row"] == [
        "Mira", "Pavo",
    ]  # fmt: skip


def test_a_service_says_where_it_is_behind_the_stage_before():
    summary = service_summary(HELD, EVERYTHING, "authn", "2026-02-01", "2026-02-24", NOW)
    table = state_views.clusters_table(summary.states, {(PAVO, "authn"): Behind(2, True)})
    assert [("2 versions behind" in words(row)) for row in nodes(table, "Tr")][1:] == [False, True]


def test_a_card_says_how_lately_something_was_tried():
    pavo = next(one for one in clusters(HELD, EVERYTHING) if one.cluster.cluster_id == PAVO)
    said = [words(state_views.cluster_card(pavo, f"2026-{day}T12")) for day in ("02-24", "02-27", "03-27")]
    assert "active within a day" in said[0]
    assert "active within a week" in said[1]
    assert "quiet for more than a week" in said[2]


def test_every_table_has_a_caption_and_a_focusable_region():
    summary = service_summary(HELD, EVERYTHING, "authn", "2026-02-01", "2026-02-24", NOW)
    tree = state_views.clusters_table(summary.states, {})
    assert list(nodes(tree, "Caption"))
    assert (tree["props"]["role"], tree["props"]["tabIndex"]) == ("region", "0")
    assert tree["props"]["aria-label"]
