"""Waves and debt as tables: what lags is named first, a median never stands without its n, nothing is invented."""

from components.waves import MOST_OWED, debt_table, in_order, waves_table
from data.instants import seconds_between
from data.models import EVERYTHING
from data.promotion_debt import debts
from data.promotion_path import lanes
from data.waves import waves
from tests.data.test_version_spread import CATALOG, EAST, OLD, WEST, at
from tests.read_model import MIRA, NOW, PAVO, attempt, generation
from tests.reading import hrefs, nodes, words

MOMENT = "2026-02-24T12:00:00.000Z"


def told(*attempts):
    return waves(generation([*OLD, *attempts], NOW, CATALOG), EVERYTHING, None)


def test_a_wave_that_lags_names_its_stragglers_and_leads_to_its_build_and_curves():
    table = waves_table(told(at(2, EAST, "1.1.0"), at(4, WEST, "1.1.0")), {"team": "Core"})
    text = words(table).replace("\u202f", " ")
    assert "1 of 3 cluster-regions: Aquila-South" in text
    assert "2 h 00 min n 1" in text and "not yet" not in text.split("1.1.0")[0]
    assert "/promotions?team=Core&service=authn#spread" in hrefs(table)
    assert any(one.startswith(f"/builds/{EAST}%3Aauthn%3A1.1.0") for one in hrefs(table))


def test_without_a_wave_a_gap_says_why():
    text = words(waves_table(told(), {}))
    assert "–" in text and " n " not in text


def test_lagging_services_come_first_and_those_without_a_wave_last():
    [lagging] = told(at(2, EAST, "1.1.0")).services
    [quiet] = told().services
    assert in_order([quiet, lagging]) == [lagging, quiet]


def test_debt_names_the_longest_waits_and_leads_to_the_lane():
    found = debts(lanes(generation([
        attempt("2026-02-24T02:00:00Z", build_version="1.1.0"),
        attempt("2026-02-23T02:00:00Z", cluster_id=PAVO, build_version="1.0.0"),
    ]), EVERYTHING, NOW, []).lanes, MOMENT)  # fmt: skip
    table = debt_table(found, {PAVO: "Pavo"}, {})
    [row] = list(nodes(table, "Tr"))[1:]
    assert [words(one).split()[0] for one in nodes(row, "Li")] == ["1.0.0", "1.1.0"]
    assert "on Mira since" in words(row) and "to Pavo" in words(row)
    assert hrefs(row)[0] == "/promotions?service=authn#lanes"
    assert seconds_between(found[0].owed[1].since, MOMENT) == found[0].owed[1].waited_sec
    assert len(found[0].owed) <= MOST_OWED and found[0].owed[1].cluster.cluster_id == MIRA
