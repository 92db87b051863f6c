"""The catalog: its file's complaints, what a load changes, and what stays as it was."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from data import catalog as catalog_cli
from data import keys
from data.catalog import CatalogStore, show_and_save
from data.catalog_entries import changes, describe, entries, to_catalog
from data.catalog_file import CatalogFileError, parse_catalog, read_catalog_file
from data.catalog_models import DOCUMENT_SUITES, Catalog, Cluster, ClusterType, Freeze, Service

NOW = datetime(2026, 3, 4, 10, 30, 15, 250_000, tzinfo=UTC)
ROOT = Path(__file__).resolve().parents[2]
MIRA = Cluster("mira-us-west-2", "Mira US-West-2", ClusterType.DEVELOPMENT, order=10, region="us-west-2")
AUTHN = Service("authn", "AuthN", "Identity", "Tier 1", suites=("SANITY",), sender_names=("identity/authn",))
SMALL = Catalog((MIRA,), (AUTHN,), (*DOCUMENT_SUITES, "LOAD"), (("*", "argocd"), ("mira-us-west-2", "jenkins")))

GOOD = """
clusters:
  - {id: aquila-1, name: "=1+1 <b>A</b>", type: Production, order: 30}
  - {id: mira-1, name: Mira, type: Development, order: 10, region: us-west-2, role: Integration}
services:
  - {id: authn, name: AuthN, team: Identity, tier: Tier 1, suites: [SANITY, LOAD], sender_names: [org/authn]}
  - {id: reports, name: Reports, suites: []}
  - {id: search, name: Search}
suites: [LOAD]
openers:
  default: github-actions
  clusters: {mira-1: argocd}
  services: {search: spinnaker}
  pairs: [{cluster: aquila-1, service: authn, source: jenkins}]
"""


def change_entries(aws: Any) -> list[dict[str, Any]]:
    pages = aws.dynamodb.get_paginator("scan").paginate(TableName=aws.tables.read_model)
    return [item for page in pages for item in page["Items"]]


def store_of(aws: Any) -> CatalogStore:
    return CatalogStore(aws.dynamodb, aws.tables, lambda: NOW)


def complaint(text: str) -> str:
    with pytest.raises(CatalogFileError) as caught:
        parse_catalog(text, "catalog.yaml")
    return str(caught.value)


def test_a_file_becomes_a_catalog_in_promotion_order():
    catalog = parse_catalog(GOOD)
    assert [cluster.cluster_id for cluster in catalog.clusters] == ["mira-1", "aquila-1"]
    assert catalog.clusters[0] == Cluster(
        "mira-1", "Mira", ClusterType.DEVELOPMENT, "Integration", order=10, region="us-west-2"
    )
    assert catalog.suites == (*DOCUMENT_SUITES, "LOAD")


def test_suites_left_out_are_the_three_and_an_empty_list_is_none():
    services = {service.service_id: service.suites for service in parse_catalog(GOOD).services}
    assert services == {"authn": ("SANITY", "LOAD"), "reports": (), "search": DOCUMENT_SUITES}


def test_the_narrowest_opener_holds():
    catalog = parse_catalog(GOOD)
    assert catalog.opener("aquila-1", "authn") == "jenkins"
    assert catalog.opener("mira-1", "search") == "spinnaker"
    assert catalog.opener("mira-1", "authn") == "argocd"
    assert catalog.opener("aquila-1", "reports") == "github-actions"


def test_a_formula_or_html_stays_the_text_it_is():
    assert parse_catalog(GOOD).cluster("aquila-1").name == "=1+1 <b>A</b>"


def test_an_empty_file_is_an_empty_catalog():
    assert parse_catalog("") == Catalog()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("clusters:\n  - {id: Mira, name: M, type: Development, order: 1}", "catalog.yaml:2: clusters.0.id: "),
        ("clusters:\n  - id: m\n    name: M\n    order: 1\n    type: Dev", "catalog.yaml:5: clusters.0.type: "),
        ("clusters:\n  - id: m\n    name: M\n    type: Staging", "catalog.yaml:2: clusters.0.order: Field required"),
        ("services:\n  - id: a\n    name: A\n    tier: 1", "catalog.yaml:4: services.0.tier: "),
        ("services:\n  - {id: a, name: A, taem: x}", "catalog.yaml:2: services.0.taem: is no field we know"),
        ("services:\n  - id: a\n    name: A\n    suites: [LOAD]", "catalog.yaml:4: services.0.suites.0: LOAD is no"),
        ("services:\n  - {id: a, name: A}\n  - {id: a, name: B}", "catalog.yaml:3: services.1.id: 'a' is twice"),
        ("services:\n  - id: a\n    name: A\n    name: B", "catalog.yaml:4: services.0.name: is there twice"),
        ("suites: [ATTEMPT]", "catalog.yaml:1: suites.0: ATTEMPT cannot be"),
        ("suites: [smoke]", "catalog.yaml:1: suites.0: "),
        ("openers:\n  clusters: {mira: 3}", "catalog.yaml:2: openers.clusters.mira: "),
        ("services: &s\n  - *s", "contains itself"),
        ("clusters: [", "catalog.yaml:1: not valid YAML"),
        ("a: !!python/object/apply:os.getcwd []", "not valid YAML"),
        ("- 1", "catalog.yaml:1: file: must be fields"),
        ("mappings:\n  - {name: a, source: x}", "catalog.yaml:2: mappings.0: gives nothing"),
        ("mappings:\n  - {name: a, source: x, ignore: true, service: b}", "mappings.0.ignore: stands alone"),
        ("mappings:\n  - {name: a, source: x, when: {k: '**{w}'}, service: b}", "mappings.0.when.k: "),
        ("mappings:\n  - {name: a, source: x, when: {k: 'x}'}, service: b}", "a brace that belongs to no {word}"),
        ("mappings:\n  - {name: a, source: x, service: '{b'}", "catalog.yaml:2: mappings.0.service: "),
        ("mappings:\n  - {name: a, source: x, when: {k: '{w}', l: '{w}'}, service: b}", "when.l: 'w' is twice"),
        ("mappings:\n  - {name: a, source: x, ignore: 1}", "catalog.yaml:2: mappings.0.ignore: "),
        ("mappings: &m\n  - {name: a, source: x, ignore: true}\n  - {name: a, source: y, ignore: true}",
         "catalog.yaml:3: mappings.1.name: 'a' is twice"),
        ('services: [{id: a, name: "A\\nB"}]', "control characters"),
        ("clusters:\n  - {id: m, name: M, type: Staging, order: 1, soak_hours: 0}", "clusters.0.soak_hours: "),
        ("clusters:\n  - {id: m, name: M, type: Staging, order: 1, soak_hours: .nan}", "clusters.0.soak_hours: "),
        ("freezes:\n  - {name: F, from: 2026-12-18 16:00:00, to: 2027-01-04T06:00:00Z}", "freezes.0.from: "),
        ("freezes:\n  - {name: F, from: 2026-12-18, to: 2027-01-04T06:00:00Z}", "with an offset"),
        ("freezes:\n  - {name: F, from: 2026-12-18T16:00:00Z}", "catalog.yaml:2: freezes.0.to: Field required"),
        ("freezes:\n  - {name: F, from: 2026-12-18T16:00:00Z, to: 2026-12-18T17:00:00+01:00}",
         "catalog.yaml:2: freezes.0.to: must be after from"),
        ("freezes:\n  - {name: F, from: 2026-12-18T16:00:00Z, to: 2027-01-04T06:00:00Z, clusters: [m]}",
         "freezes.0.clusters.0: m is none of the clusters above"),
        ("freezes:\n  - {name: F, from: 2026-12-18T16:00:00Z, to: 2027-01-04T06:00:00Z, services: []}",
         "freezes.0.services: "),
    ],
)  # fmt: skip
def test_a_wrong_file_is_told_by_line_and_field(text: str, told: str):
    assert told in complaint(text)


def test_one_name_may_not_map_to_two_services():
    text = "services:\n - {id: a, name: A, sender_names: [o/x]}\n - {id: b, name: B, sender_names: [o/x]}"
    assert "services.1.sender_names.0: 'o/x' is twice among the sender names" in complaint(text)


def test_sender_names_differ_by_more_than_letter_case_and_are_no_ids_of_others():
    text = "clusters:\n - {id: a, name: A, type: Staging, order: 1, sender_names: [Prod]}\n"
    text += " - {id: b, name: B, type: Staging, order: 2, sender_names: [prod, A, b]}"
    told = complaint(text)
    assert "catalog.yaml:3: clusters.1.sender_names.0: 'prod' is twice among the sender names" in told
    assert "catalog.yaml:3: clusters.1.sender_names.1: A is the id of another of the clusters" in told
    assert len(told.splitlines()) == 2  # its own id may stand among its names


def test_rules_are_kept_in_the_order_of_the_file_through_the_table():
    text = """
clusters: [{id: prod, name: Prod, type: Production, order: 1, sender_names: [production]}]
mappings:
  - {name: second to none, source: github, when: {environment: "{stage}-*", repository: a/*}, cluster: "{stage}"}
  - {name: a run, source: "*", deployment: true, version: "{sha:.7}"}
  - {name: not this, source: gitlab, when: {job: test}, ignore: true}
"""
    catalog = parse_catalog(text)
    assert [rule.name for rule in catalog.rules] == ["second to none", "a run", "not this"]
    assert catalog.rules[0].when == (("environment", "{stage}-*"), ("repository", "a/*"))
    assert catalog.clusters[0].sender_names == ("production",)
    assert to_catalog(entries(catalog)) == catalog


def test_freezes_and_soak_times_pass_through_the_table_in_order_of_time():
    text = """
clusters: [{id: prod, name: Prod, type: Production, order: 1, soak_hours: 4}]
services: [{id: authn, name: AuthN}]
freezes:
  - {name: later, from: 2026-12-18 17:00:00+01:00, to: "2027-01-04T06:00Z", reason: Peak}
  - {name: sooner, from: 2026-11-26T00:00:00Z, to: 2026-11-30T00:00:00Z, clusters: [prod], services: [authn]}
"""
    catalog = parse_catalog(text)
    assert catalog.clusters[0].soak_hours == 4
    assert catalog.freezes == (
        Freeze("sooner", "2026-11-26T00:00:00.000Z", "2026-11-30T00:00:00.000Z", ("prod",), ("authn",)),
        Freeze("later", "2026-12-18T16:00:00.000Z", "2027-01-04T06:00:00.000Z", reason="Peak"),
    )
    assert to_catalog(entries(catalog)) == catalog


def test_a_catalog_stored_before_there_were_soak_times_is_read():
    stored = entries(Catalog((MIRA,)))
    for body in stored.values():
        body.pop("soakHours", None)
    assert to_catalog(stored).clusters == (MIRA,)


def test_a_freeze_holds_from_its_first_instant_to_before_its_last_for_what_it_names():
    freeze = Freeze("f", "2026-11-26T00:00:00.000Z", "2026-11-30T00:00:00.000Z", ("prod",), ("authn",))
    assert freeze.holds_at(freeze.start) and not freeze.holds_at(freeze.end)
    assert freeze.covers("prod", "authn")
    assert not freeze.covers("prod", "billing") and not freeze.covers("mira", "authn")
    assert Freeze("all", freeze.start, freeze.end).covers("mira", "billing")


def test_a_missing_file_is_a_sentence(tmp_path: Path):
    with pytest.raises(CatalogFileError, match="cannot be read"):
        read_catalog_file(tmp_path / "none.yaml")


def test_the_catalog_of_the_repository_is_right():
    catalog = read_catalog_file(ROOT / "catalog.yaml")
    assert {cluster.type.value for cluster in catalog.clusters} == {"Development", "Staging", "Production"}
    assert catalog.openers == ()


def test_entries_of_a_catalog_give_it_back():
    assert to_catalog(entries(SMALL)) == SMALL


def test_what_left_the_file_is_kept_unconfirmed_and_what_was_never_in_it_stays():
    stored = entries(SMALL) | entries(Catalog((Cluster("seen", "seen", confirmed=False),)))
    told = [describe(change) for change in changes(stored, entries(Catalog()))]
    assert told == [
        "removed  cluster mira-us-west-2 (kept as unconfirmed, its history stays)",
        "removed  service authn (kept as unconfirmed, its history stays)",
        "removed  suite LOAD",
        "removed  opener *",
        "removed  opener mira-us-west-2",
    ]


def test_a_change_names_the_fields_that_differ():
    wanted = Catalog((MIRA,), (Service("authn", "AuthN", "Access", "Tier 1", suites=("SANITY",)),))
    told = [describe(change) for change in changes(entries(SMALL), entries(wanted)) if change.key[1] == "authn"]
    assert told == ["changed  service authn: team: 'Identity' -> 'Access', senderNames: ['identity/authn'] -> []"]


def test_an_empty_table_is_the_empty_catalog(aws: Any):
    assert store_of(aws).load() == Catalog()


def test_a_saved_catalog_is_loaded_as_it_was(aws: Any):
    store_of(aws).save(SMALL)
    assert store_of(aws).load() == SMALL


def test_a_load_announces_itself_once_and_a_repeated_one_not_at_all(aws: Any):
    assert len(store_of(aws).save(SMALL)) == 8
    assert store_of(aws).save(SMALL) == []
    (entry,) = change_entries(aws)
    assert entry["pk"]["S"] == keys.change_pk("2026-03-04T10:30")
    assert entry["sk"]["S"] == "2026-03-04T10:30:15.250Z#catalog"
    assert int(entry["expiresAt"]["N"]) == int(NOW.timestamp()) + 24 * 3600


def test_a_dry_run_shows_and_writes_nothing(aws: Any, capsys: pytest.CaptureFixture[str]):
    show_and_save(store_of(aws), SMALL, dry_run=True)
    assert "added    cluster mira-us-west-2" in capsys.readouterr().out
    assert store_of(aws).load() == Catalog()
    assert change_entries(aws) == []


def test_what_is_seen_first_is_registered_unconfirmed(aws: Any):
    store_of(aws).register_unconfirmed({"nova-1"}, {"billing"})
    catalog = store_of(aws).load()
    assert catalog.clusters == (Cluster("nova-1", "nova-1", confirmed=False),)
    assert catalog.services == (Service("billing", "billing", confirmed=False),)
    assert len(change_entries(aws)) == 1


def test_registering_leaves_what_people_entered(aws: Any):
    store_of(aws).save(SMALL)
    before = len(change_entries(aws))
    store_of(aws).register_unconfirmed({"mira-us-west-2"}, {"authn"})
    assert store_of(aws).load() == SMALL
    assert len(change_entries(aws)) == before


def test_the_file_wins_over_what_was_registered(aws: Any):
    store_of(aws).register_unconfirmed({"mira-us-west-2"}, set())
    store_of(aws).save(SMALL)
    assert store_of(aws).load() == SMALL


def test_what_left_the_file_stays_visible_after_a_load(aws: Any):
    store_of(aws).save(SMALL)
    store_of(aws).save(Catalog())
    catalog = store_of(aws).load()
    assert [(c.cluster_id, c.confirmed) for c in catalog.clusters] == [("mira-us-west-2", False)]
    assert catalog.suites == DOCUMENT_SUITES
    assert catalog.openers == ()


class Interfering:
    """A client beside which somebody else changes the entry just before our first write of it."""

    def __init__(self, client: Any, other: CatalogStore, theirs: Catalog) -> None:
        self._client, self._other, self._theirs = client, other, theirs
        self._interfered = False

    def put_item(self, **request: Any) -> Any:
        if not self._interfered:
            self._interfered = True
            self._other.save(self._theirs)
        return self._client.put_item(**request)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)


def test_a_writer_in_between_is_not_overwritten_unseen_but_the_file_still_wins(aws: Any):
    other = store_of(aws)
    other.save(SMALL)
    theirs = Catalog((MIRA,), (Service("authn", "Theirs"),), SMALL.suites, SMALL.openers)
    ours = Catalog((MIRA,), (Service("authn", "Ours"),), SMALL.suites, SMALL.openers)
    client: Any = Interfering(aws.dynamodb, other, theirs)
    written = CatalogStore(client, aws.tables, lambda: NOW).save(ours)
    assert [change.before and change.before["name"] for change in written] == ["Theirs"]
    assert other.load().service("authn").name == "Ours"


def test_the_command_loads_the_named_file(
    aws: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    for name, value in aws.environment().items():
        monkeypatch.setenv(name, value)
    (tmp_path / "mine.yaml").write_text(GOOD)
    assert catalog_cli.main(["load", str(tmp_path / "mine.yaml")]) == 0
    assert "2 clusters, 3 services, 4 suites: 13 entries changed." in capsys.readouterr().out
    assert store_of(aws).load() == parse_catalog(GOOD)


def test_the_command_refuses_a_wrong_file_with_its_line(
    aws: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    for name, value in aws.environment().items():
        monkeypatch.setenv(name, value)
    (tmp_path / "mine.yaml").write_text("services:\n  - {id: A, name: x}")
    assert catalog_cli.main(["load", str(tmp_path / "mine.yaml"), "--dry-run"]) == 2
    assert "mine.yaml:2: services.0.id" in capsys.readouterr().err
