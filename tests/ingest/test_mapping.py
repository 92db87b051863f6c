"""From senders' names to our ids: which of rule, sender, catalog and name decides, and that it is told."""

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data import keys
from data.catalog_file import parse_catalog
from data.catalog_models import Catalog, Cluster, Rule, Service
from ingest.mapping import Mapped, Named, id_of, mapped
from tests.ingest.normalizers.posting import ROOT, rule

NAMES = {"repository": "Acme/AuthN", "environment": "production/eu", "sha": "4f1c9b2d7e6a5c3b", "branch": "main"}
KNOWN = Catalog(
    clusters=(Cluster("aquila-eu", "Aquila EU", sender_names=("production/eu",)), Cluster("mira", "Mira")),
    services=(Service("authn", "AuthN", sender_names=("acme/authn",)), Service("orders", "Orders")),
)
DOCUMENTS = [ROOT / "docs" / "catalog.md", *sorted((ROOT / "docs" / "sources").glob("*.md"))]
YAML = re.compile(r"```yaml\n(mappings:\n.*?)```", re.DOTALL)


def with_rules(*rules: Rule) -> Catalog:
    return Catalog(clusters=KNOWN.clusters, services=KNOWN.services, rules=rules)


def named(source: str = "github", **more: Any) -> Named:
    return Named(source, NAMES, **({"services": ("Acme/AuthN",), "clusters": ("production/eu",)} | more))


def test_the_catalogs_sender_names_are_found_in_any_letter_case():
    found = mapped(KNOWN, named())
    assert (found.service_id, found.cluster_id) == ("authn", "aquila-eu")
    assert "service authn by the catalog's name Acme/AuthN" in found.via


def test_a_name_that_is_an_id_is_that_id():
    assert mapped(KNOWN, named(services=("x/y", "Orders"), clusters=("MIRA",))).service_id == "orders"


def test_a_name_nobody_knows_becomes_an_id_and_says_so():
    found = mapped(Catalog(), named())
    assert (found.service_id, found.cluster_id) == ("acme.authn", "production.eu")
    assert found.via[0].startswith("service acme.authn made of the sender's name")


def test_where_nothing_is_named_nothing_is_made_up():
    assert mapped(KNOWN, Named("github", {})) == Mapped()


def test_what_the_sender_says_stands_above_names_and_below_rules():
    said = named(said_service="orders", said_cluster="Production/EU")
    assert mapped(KNOWN, said).service_id == "orders"
    assert mapped(KNOWN, said).cluster_id == "aquila-eu"
    by_rule = with_rules(rule("github", {"branch": "main"}, service="authn"))
    assert mapped(by_rule, said).service_id == "authn"


def test_what_a_rule_gives_may_be_a_sender_name():
    by_rule = with_rules(rule("github", {"environment": "{all}"}, cluster="{all}", service="{repository}"))
    found = mapped(by_rule, named(services=(), clusters=()))
    assert (found.service_id, found.cluster_id) == ("authn", "aquila-eu")


def test_of_several_rules_each_target_is_given_by_the_first_that_has_it():
    rules = (
        rule("github", {"branch": "main"}, service="first"),
        rule("*", {"environment": "production/{region}"}, service="second", cluster="pavo-{region}"),
        rule("github", {"sha": "{sha}"}, cluster="third", version="{sha:.7}", deployment=True),
        rule("github", {}, deployment=False),
    )
    found = mapped(with_rules(*rules), named())
    assert (found.service_id, found.cluster_id, found.version) == ("first", "pavo-eu", "4f1c9b2")
    assert found.deployment is True
    assert found.via == (
        "service first by rule “branch main”",
        "cluster pavo-eu by rule “environment production/{region}”",
        "version 4f1c9b2 by rule “sha {sha}”",
        "a deployment by rule “sha {sha}”",
    )


@pytest.mark.parametrize("when", [{"branch": "release"}, {"branch": "main", "tag": "{tag}"}, {"job": "deploy"}])
def test_a_rule_fits_only_where_all_it_asks_for_does(when: dict[str, str]):
    assert mapped(with_rules(rule("github", when, service="x")), named()).service_id == "authn"


def test_a_rule_for_another_sender_does_not_fit():
    assert mapped(with_rules(rule("gitlab", {}, service="x")), named()).service_id == "authn"
    assert mapped(with_rules(rule("gitlab", {}, service="x")), named("gitlab")).service_id == "x"


def test_a_star_fits_what_is_not_sent_and_a_word_does_not():
    assert mapped(with_rules(rule("github", {"job": "*"}, service="x")), named()).service_id == "x"
    assert mapped(with_rules(rule("github", {"job": "{job}"}, service="x")), named()).service_id == "authn"


def test_a_rule_that_ignores_ends_it_and_is_named():
    rules = (rule("github", {"branch": "main"}, service="x"), rule("github", {"environment": "*/eu"}, ignore=True))
    found = mapped(with_rules(*rules), named())
    assert found.ignored_by == "environment */eu"
    assert (found.service_id, found.cluster_id) == (None, None)


def test_a_template_whose_word_is_missing_leaves_the_target_to_later_rules():
    rules = (rule("github", {}, cluster="{region}"), rule("github", {"branch": "main"}, cluster="pavo"))
    found = mapped(with_rules(*rules), named())
    assert found.cluster_id == "pavo"
    assert found.via[0] == "rule “always” gives no cluster: a word of {region} is not sent"


@pytest.mark.parametrize(
    ("name", "own_id"),
    [
        ("Acme/Auth N", "acme.auth-n"), ("authn", "authn"), ("  x  ", "x"), ("--a--", "a"), ("a//b", "a..b"),
        ("ünï", "n"), ("///", None), ("", None), ("🜚", None), ("a" * 80, "a" * 63), ("a" * 62 + "-b", "a" * 62),
    ],
)  # fmt: skip
def test_a_name_as_an_id(name: str, own_id: str | None):
    assert id_of(name) == own_id


@settings(max_examples=300, deadline=None)
@given(
    st.dictionaries(st.sampled_from(["repository", "environment", "job"]), st.text(max_size=300)),
    st.text(max_size=300),
    st.lists(st.text(max_size=80), max_size=3),
)
def test_whatever_senders_call_things_what_comes_out_is_an_id(names: dict[str, str], said: str, called: list[str]):
    catalog = with_rules(rule("*", {"job": "{a}-{b}"}, service="{b}.{a}", cluster="{environment}"))
    found = mapped(catalog, Named("github", names, said, said, called, called))
    for own_id in (found.service_id, found.cluster_id):
        assert own_id is None or keys.ID.fullmatch(own_id)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_the_rules_shown_in_the_documents_can_be_loaded(document: Any):
    whole = document.read_text(encoding="utf-8")
    texts = YAML.findall(whole)
    assert texts or "mappings:" not in whole
    for text in texts:
        assert parse_catalog(text, document.name).rules


def test_the_documented_example_does_what_it_says():
    document = (ROOT / "docs" / "catalog.md").read_text(encoding="utf-8")
    (text,) = YAML.findall(document)
    catalog = parse_catalog(text)

    def of(**names: str) -> Mapped:
        return mapped(catalog, Named("github", names))

    assert of(environment="preview-17").ignored_by == "previews"
    assert of(environment="production/eu").cluster_id == "aquila-eu"
    assert of(repository="acme/platform", environment="search@staging").service_id == "search"
    run = of(workflow="deploy-search.yml", branch="main", sha="4f1c9b2d7e6a5c3b8d9e")
    assert (run.service_id, run.cluster_id, run.version) == ("search", "mira-us-west-2", "4f1c9b2d7e6a")
    assert run.deployment is True
