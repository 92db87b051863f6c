"""The matrix: what a cell says, quietly or loudly, roomy or compact, and where it leads."""

from dataclasses import replace
from typing import Any

from components.markup import drawn as as_markup
from components.matrix import MOST_ROOMY, Rows, cell_words, matrix
from components.tags import el
from data.catalog_models import Catalog, Cluster, ClusterType, Service
from data.models import EVERYTHING, Status
from data.promotion_views import Behind
from data.queries import overview
from tests.read_model import AQUILA, MIRA, NOW, PAVO, attempt, gate, generation
from tests.reading import hrefs, nodes, with_class, words

BOTH = (gate("FUNCTIONAL"), gate("SANITY"))
PAST = [
    attempt("2026-02-20T10:00:00Z", build_version="1.0.0", gates=BOTH),
    attempt("2026-02-21T10:00:00Z", build_version="1.1.0", status=Status.FAILED, failure_reason="image pull"),
    attempt("2026-02-20T10:00:00Z", cluster_id=PAVO, gates=BOTH),
    attempt("2026-02-24T11:00:00Z", cluster_id=PAVO, build_version="1.2.0", status=Status.IN_PROGRESS),
    attempt("2026-02-20T10:00:00Z", cluster_id=AQUILA, service_id="billing"),
    attempt("2026-02-20T10:00:00Z", cluster_id=PAVO, service_id="billing", gates=(gate("SANITY", failed=1),)),
]
SHOWN = overview(generation(PAST), EVERYTHING, NOW)
MANY = Catalog(
    clusters=(
        Cluster(MIRA, "Mira", ClusterType.DEVELOPMENT, order=1),
        *(Cluster(f"c{n}", f"C {n}", ClusterType.PRODUCTION, order=2) for n in range(MOST_ROOMY)),
    ),
    services=(Service("authn", "Authentication", team="Identity", suites=("FUNCTIONAL", "SANITY")),),
)
COMPACT = overview(generation(PAST[:2], catalog=MANY), EVERYTHING, NOW)


def drawn(shown: Any = SHOWN, behind: Any = None) -> Any:
    return matrix(shown.clusters, shown.services, behind or {})


def cells(service: str, shown: Any = SHOWN, behind: Any = None) -> list[dict[str, Any]]:
    [row] = [row for row in nodes(drawn(shown, behind), "Tr") if service in words(row)]
    return list(nodes(row, "Td"))


def said(tree: Any) -> str:
    return " ".join(words(tree).split())


def test_it_is_one_component_however_many_cells():
    assert set(drawn()["props"]) == set(as_markup(el("P"), cls="x")["props"])


def test_the_columns_follow_the_promotion_path_under_their_stages():
    stages, names = list(nodes(drawn(), "Tr"))[:2]
    assert [words(head) for head in nodes(stages, "Th")] == ["Service", "Development", "Staging", "Production"]
    assert [words(head) for head in nodes(names, "Th")] == ["Mira", "Pavo", "Aquila"]


def test_neighbours_of_one_stage_share_its_heading():
    stages = list(nodes(drawn(COMPACT), "Th"))[1:3]
    assert [(words(one), one["props"]["colSpan"]) for one in stages] == [
        ("Development", "1"), ("Production", str(MOST_ROOMY)),
    ]  # fmt: skip


def test_a_cell_says_how_far_it_is_behind_only_where_that_is_known():
    def pavo(known: Behind) -> list[str]:
        return [words(one) for one in with_class(drawn(behind={(PAVO, "authn"): known}), "cell-behind")]

    assert ["2 versions behind" in text for text in pavo(Behind(2, True))] == [True]
    assert pavo(Behind(2, False)) == pavo(Behind(0, True)) == []


def test_a_failed_latest_attempt_and_what_serves_are_both_shown():
    mira = cells("Authentication")[0]
    assert said(mira).startswith("1.0.0 Needs attention")
    assert "Failed 1.1.0" in said(mira)
    assert any(href.startswith("/builds/") and "1.1.0" in href for href in hrefs(mira))


def test_a_failure_stays_named_while_the_next_attempt_runs():
    held = generation([*PAST, attempt("2026-02-24T11:30:00Z", build_version="1.2.0", status=Status.IN_PROGRESS)])
    mira = said(cells("Authentication", overview(held, EVERYTHING, NOW))[0])
    assert mira.startswith("1.0.0")
    assert "In progress 1.2.0 Failed 1.1.0" in mira


def test_a_failed_gate_is_named_in_words_and_leads_to_it():
    pavo = cells("Billing")[1]
    assert "sanity gate failed" in words(pavo)
    assert any(href.endswith("#gates") for href in hrefs(pavo))
    assert "cell-failed" in pavo["props"]["className"]


def test_an_attempt_that_failed_before_any_test_shows_no_letters():
    mira, pavo, _ = cells("Authentication")
    assert with_class(mira, "gate") == []
    assert [words(one) for one in with_class(pavo, "gate")] == ["F", "S"]


def test_a_success_that_nothing_tested_shows_that():
    held = generation([attempt("2026-02-20T10:00:00Z")])
    mira = cells("Authentication", overview(held, EVERYTHING, NOW))[0]
    assert len(with_class(mira, "gate-missing")) == 2


def test_a_cell_leads_to_the_rows_of_its_pair():
    assert f"/services/authn?cluster={MIRA}#attempts" in hrefs(cells("Authentication")[0])


def test_a_deployment_in_progress_is_marked_beside_what_serves():
    pavo = said(cells("Authentication")[1])
    assert pavo.startswith("1.0.0")
    assert "In progress 1.2.0" in pavo


def test_a_pair_that_never_was_is_a_dash_not_a_state():
    assert words(cells("Authentication")[2]) == "– never deployed here"


def test_many_cluster_regions_have_compact_cells_that_say_the_rest_in_their_title():
    [mira, *rest] = cells("Authentication", COMPACT, {(MIRA, "authn"): Behind(3, True)})
    assert with_class(mira, "gate") == []
    assert list(nodes(mira, "Time")) == []
    assert "−3 3 versions behind" in said(mira)
    assert mira["props"]["title"] == (
        "Authentication on Mira. 1.0.0 serves since 2026-02-20 10:10 UTC. Needs attention: failed: image pull."
        " 3 versions behind the stage before. Functional: no data. Sanity: no data. Failed: 1.1.0"
    )
    assert len(rest) == MOST_ROOMY
    assert with_class(drawn(COMPACT), "matrix-compact")
    assert not with_class(drawn(), "matrix-compact")


def test_where_nothing_serves_a_cell_says_so():
    shown = overview(generation(PAST[1:2]), EVERYTHING, NOW)
    assert "nothing serves" in words(cells("Authentication", shown)[0])
    row = next(row for row in shown.services if row.states)
    told = cell_words(row.states[MIRA], row.service, shown.clusters[0].cluster, None)
    assert "nothing serves. Needs attention" in told


def test_every_service_has_a_star_and_its_page():
    assert [one["props"]["data-favourite"] for one in nodes(drawn(), "Button")] == ["authn", "billing"]
    assert {"/services/authn", "/services/billing"} <= set(hrefs(drawn()))


def test_it_has_a_caption_and_a_focusable_region():
    [region] = [one for one in nodes(drawn()) if one["props"].get("role") == "region"]
    assert (region["props"]["tabIndex"], region["props"]["aria-label"]) == ("0", "Services by cluster-regions")
    assert list(nodes(region, "Caption"))


def test_what_senders_wrote_stays_text():
    evil = '<img src=x onerror="x">'
    held = generation([replace(attempt("2026-02-21T10:00:00Z", status=Status.FAILED), build_version=evil)])
    mira = cells("Authentication", overview(held, EVERYTHING, NOW))[0]
    assert list(nodes(mira, "Img")) == []
    assert evil in words(mira)


def test_rows_that_were_written_are_shown_again_and_not_written_twice():
    kept: Rows = {}
    first = matrix(SHOWN.clusters, SHOWN.services, {}, kept)
    before = dict(kept)
    assert len(before) == 2
    assert matrix(SHOWN.clusters, SHOWN.services, {}, kept) == first == drawn()
    one_row = matrix(SHOWN.clusters, SHOWN.services[:1], {}, kept)
    assert kept == before
    assert words(one_row) == words(drawn(replace(SHOWN, services=SHOWN.services[:1])))
    fewer = replace(SHOWN, clusters=SHOWN.clusters[:1])
    assert matrix(fewer.clusters, fewer.services, {}, kept) == drawn(fewer)
