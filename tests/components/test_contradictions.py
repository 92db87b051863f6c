"""What is said where sources contradict each other or fall silent, and that nothing is said where they do not."""

from typing import Any

from components.contradictions import disagreement_notice, disagreements_table, silence_notice, usual_gaps
from components.tags import Node
from data.disagreements import Disagreement, Noted
from ingest.silence import Silence

AT = "2026-02-24T01:00:00.000Z"
STATUS = Disagreement("status", (("argocd", "LIVE"), ("ci", "FAILED")))
QUIET = Silence("ci", AT, 39_600.0, 40, 3600.0, 7200.0)
NEW = Silence("new", AT, 39_600.0, 3, None, None)


def text(node: Any) -> str:
    """The words of a tree."""
    if isinstance(node, list):
        return "".join(map(text, node))
    return text(node["props"].get("children", "")) if isinstance(node, dict) else str(node)


def words(node: Node | None) -> str:
    assert node is not None
    return text(node)


def test_a_disagreement_names_each_source_and_what_it_says() -> None:
    assert words(disagreement_notice([STATUS])) == "The sources disagree:status: argocd says LIVE; ci says FAILED"
    listed = words(disagreements_table([Noted("m:s:1.0.0:7", AT, (STATUS,))]))
    assert "m:s:1.0.0:7" in listed
    assert "argocd says LIVE; ci says FAILED" in listed


def test_a_silent_source_is_told_with_what_is_usual_and_of_how_many() -> None:
    said = words(silence_notice([QUIET, NEW])).replace("\u202f", " ")
    assert said.endswith(
        "ci since 2026-02-24 01:00 UTC: usually every 1 h 00 min, 99 of 100 gaps within 2 h 00 min (n 40)."
    )
    assert "new: 3 gaps of 20 that are needed to judge" in words(usual_gaps([QUIET, NEW]))


def test_nothing_is_said_where_all_agree_and_nobody_is_silent() -> None:
    assert disagreement_notice([]) is None
    assert silence_notice([NEW]) is None
    assert usual_gaps([]) is None
