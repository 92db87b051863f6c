"""What the catalog's file says of gates, and what is refused, by line and field."""

import pytest

from data.catalog_entries import entries, to_catalog
from data.catalog_file import CatalogFileError, parse_catalog
from data.catalog_models import ClusterType, GateRule

FILE = """
services: [{id: authn, name: AuthN}]
gates:
  - {name: AuthN, to: Production, services: [authn], suites: [REGRESSION], min_pass_rate: 99.5, soak_hours: 12}
  - {name: All others, to: Production}
"""


def test_gates_are_read_in_their_order_and_survive_the_table():
    found = parse_catalog(FILE)
    assert found.gates == (
        GateRule("AuthN", ClusterType.PRODUCTION, ("authn",), ("REGRESSION",), 99.5, 12.0),
        GateRule("All others", ClusterType.PRODUCTION),
    )
    assert to_catalog(entries(found)) == found


def test_every_tenth_of_a_percent_can_be_asked_for():
    for tenths in range(1001):
        assert parse_catalog(FILE.replace("99.5", str(tenths / 10))).gates[0].min_pass_rate == tenths / 10


@pytest.mark.parametrize(("wrong", "complaint"), [
    (("99.5", "99.55"), "4: gates.0.min_pass_rate"), (("99.5", "101"), "4: gates.0.min_pass_rate"),
    (("REGRESSION", "SMOKE"), "4: gates.0.suites.0: SMOKE is no"), (("[REGRESSION]", "[]"), "none is asked for"),
    (("[authn]", "[autn]"), "4: gates.0.services.0: autn is none of the services"),
    (("All others", "AuthN"), "5: gates.1.name: .AuthN. is"), (("to: Production}", "to: Moon}"), "5: gates.1.to"),
    (("soak_hours: 12", "soak_hours: -1"), "4: gates.0.soak_hours"), (("name: All", "title: All"), "5: gates.1"),
])  # fmt: skip
def test_what_is_wrong_is_refused_by_line_and_field(wrong, complaint):
    with pytest.raises(CatalogFileError, match=complaint.replace("[", r"\[")):
        parse_catalog(FILE.replace(*wrong))
