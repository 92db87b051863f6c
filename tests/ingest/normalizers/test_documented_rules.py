"""The mapping rules shown in the documentation of each sender are rules, and of that sender."""

import re
from pathlib import Path

import pytest

from data.catalog_file import parse_catalog
from data.catalog_models import Rule
from ingest.normalizers import SENDERS
from tests.ingest.normalizers.posting import ROOT
from watcher.reports import SOURCE as WATCHER

SOURCES = {sender.source for sender in SENDERS.values()} | {WATCHER}
PAGES = sorted((ROOT / "docs" / "sources").glob("*.md"))
EXAMPLE = re.compile(r"^```yaml\n(mappings:.*?)^```", re.MULTILINE | re.DOTALL)
CLUSTER = "clusters: [{id: a, name: A, type: Staging, order: 1}]\n"


def rules(page: Path) -> list[Rule]:
    examples = EXAMPLE.findall(page.read_text(encoding="utf-8"))
    return [rule for example in examples for rule in parse_catalog(CLUSTER + example).rules]


@pytest.mark.parametrize("page", PAGES, ids=[page.stem for page in PAGES])
def test_the_documented_rules_are_rules_of_a_sender(page: Path):
    for rule in rules(page):
        assert rule.source == "*" or rule.source in SOURCES, rule.name


@pytest.mark.parametrize("name", ["jenkins", "spinnaker", "cdevents"])
def test_these_senders_show_rules(name: str):
    shown = rules(ROOT / "docs" / "sources" / f"{name}.md")
    assert {rule.source for rule in shown} == {name}
