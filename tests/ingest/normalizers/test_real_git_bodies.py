"""Bodies as GitHub and GitLab really send them, and the verdict each must get; skipped where they are not at hand."""

import json
from typing import Any

import pytest

from data.catalog_models import Catalog
from data.errors import InvalidRequest
from data.events import DeploymentEvent
from ingest.taking import Incoming, Taken, take
from tests.ingest.normalizers.posting import ROOT, rule, ruled

BODIES = ROOT.parent / "shared" / "payloads"
EXPECTED = BODIES / "expected.json"
NONE, RULED = (
    Catalog(),
    ruled(
        rule("github", {"repository": "octo-org/*", "workflow": "test.yml"}, cluster="prod", deployment=True),
        rule("gitlab", {"project": "gitlab-org/*"}, deployment=True),
    ),
)


def rows() -> list[dict[str, Any]]:
    if not EXPECTED.exists():
        return []
    found: list[dict[str, Any]] = json.loads(EXPECTED.read_text(encoding="utf-8"))
    return [row for row in found if row["source"] in ("github", "gitlab")]


ROWS = rows()


def verdict(row: dict[str, Any], catalog: Catalog) -> tuple[str, Taken | None]:
    incoming = Incoming((BODIES / row["file"]).read_bytes(), row["headers"])
    try:
        taken = take(incoming, "2026-11-23T12:00:00.000Z", catalog)
    except InvalidRequest:
        return "rejected", None
    return ("accepted" if taken.events else "ignored"), taken


@pytest.mark.skipif(not ROWS, reason="the collection of real bodies is not beside this tree")
def test_the_collection_of_real_bodies_is_read_whole():
    assert len(ROWS) == 22


@pytest.mark.parametrize("catalog", [NONE, RULED], ids=["without rules", "with rules"])
@pytest.mark.parametrize("row", ROWS, ids=[row["file"] for row in ROWS])
def test_a_real_body_gets_its_verdict(row: dict[str, Any], catalog: Catalog):
    word, taken = verdict(row, catalog)
    assert word in row.get("allow", [row["expect"]]), taken
    for event in taken.events if taken else ():
        assert isinstance(event, DeploymentEvent)
        assert row["status"] in (None, event.status)
        assert event.status not in row.get("statusNot", ())
        assert row["versionHint"] in (None, event.build_version)
        assert row["serviceHint"] is None or event.service_id == row["serviceHint"].lower().replace("/", ".")
        assert row["environmentHint"] in (None, event.cluster_id)


@pytest.mark.parametrize("row", [row for row in ROWS if "/workflow_run." in row["file"]], ids=lambda row: row["file"])
def test_a_real_run_is_accepted_where_a_rule_maps_its_file_and_ignored_where_none_does(row: dict[str, Any]):
    assert (verdict(row, RULED)[0], verdict(row, NONE)[0]) == ("accepted", "ignored")
