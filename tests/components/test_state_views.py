"""The matrix, the list of what needs attention, cards and tables of states."""

from components import state_views
from data.models import EVERYTHING, Status
from data.promotion_views import Behind
from data.queries import cluster_summary, clusters, overview, service_summary
from tests.read_model import AQUILA, MIRA, NOW, PAVO, attempt, gate, generation
from tests.reading import hrefs, nodes, with_class, words

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
NAMES = {"authn": "Authentication", MIRA: "Mira"}


def cells(service: str) -> list[dict]:
    matrix = state_views.matrix(SHOWN.clusters, SHOWN.services, {})
    [row] = [row for row in nodes(matrix, "Tr") if words(row).startswith(service)]
    return list(nodes(row, "Td"))


def test_the_columns_follow_the_promotion_path():
    heads = [words(head) for head in nodes(state_views.matrix(SHOWN.clusters, SHOWN.services, {}), "Th")][:4]
    assert heads == ["Service", "Mira Development", "Pavo Staging", "Aquila Production"]


def test_a_cell_says_how_far_it_is_behind_only_where_that_is_known():
    def pavo(known: Behind) -> list[str]:
        matrix = state_views.matrix(SHOWN.clusters, SHOWN.services, {(PAVO, "authn"): known})
        return [words(one) for one in with_class(matrix, "cell-behind")]

    assert ["2 versions behind" in text for text in pavo(Behind(2, True))] == [True]
    assert pavo(Behind(2, False)) == pavo(Behind(0, True)) == []


def test_a_failed_latest_attempt_and_what_serves_are_both_shown():
    mira = cells("Authentication")[0]
    assert "1.0.0" in words(mira)
    assert "Needs attention" in words(mira)
    assert "Failed 1.1.0" in words(mira)
    assert any(href.startswith("/builds/") and "1.1.0" in href for href in hrefs(mira))


def test_a_cell_leads_to_the_rows_of_its_pair():
    assert f"/services/authn?cluster={MIRA}#attempts" in hrefs(cells("Authentication")[0])


def test_a_deployment_in_progress_is_marked_beside_what_serves():
    pavo = words(cells("Authentication")[1])
    assert "1.0.0" in pavo
    assert "In progress 1.2.0" in pavo


def test_a_pair_that_never_was_is_a_dash_not_a_state():
    aquila = words(cells("Authentication")[2])
    assert aquila == "– never deployed here"


def test_what_needs_attention_says_what_where_why_and_leads_to_the_build():
    shown = state_views.attention_list(SHOWN.attention, NAMES)
    assert "Authentication Mira Failed" in words(shown)
    assert "failed: image pull" in words(shown)
    assert [href for href in hrefs(shown) if href.startswith("/builds/")]


def test_a_cluster_card_counts_its_services_by_word():
    pavo = next(one for one in clusters(HELD, EVERYTHING) if one.cluster.cluster_id == PAVO)
    card = state_views.cluster_card(pavo)
    assert "1 healthy" in words(card)
    assert "0 needs attention" in words(card)
    assert "1 in progress" in words(card)


def test_the_stages_are_in_promotion_order():
    titles = [words(title) for title in nodes(state_views.stages(SHOWN.clusters), "H3")]
    assert titles == ["Development", "Staging", "Production"]


def test_each_service_of_a_cluster_has_health_serving_latest_gates_and_history():
    summary = cluster_summary(HELD, EVERYTHING, MIRA, "2026-02-01", "2026-02-24", NOW)
    table = state_views.services_table(summary.services)
    [row] = [row for row in nodes(table, "Tr") if "Authentication" in words(row)]
    assert "Needs attention failed: image pull 1.0.0" in words(row)
    assert with_class(row, "history")[0]["props"]["aria-label"] == "Last 2 attempts: 1 success, 1 failed"


def test_a_service_shows_each_of_its_cluster_regions():
    summary = service_summary(HELD, EVERYTHING, "authn", "2026-02-01", "2026-02-24", NOW)
    table = state_views.clusters_table(summary.states)
    assert [words(head).split()[0] for head in nodes(table, "Th") if head["props"]["scope"] == "row"] == [
        "Mira", "Pavo",
    ]  # fmt: skip


def test_every_table_has_a_caption_and_a_focusable_region():
    for tree in (state_views.matrix(SHOWN.clusters, SHOWN.services, {}), state_views.attention_list((), {})):
        assert list(nodes(tree, "Caption"))
        assert tree["props"]["role"] == "region"
        assert tree["props"]["tabIndex"] == "0"
        assert tree["props"]["aria-label"]
