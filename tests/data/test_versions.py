"""The order of versions: semver where all are semver, else by first appearance."""

import pytest

from data.versions import newest_first


def at(minute: int) -> str:
    return f"2026-02-20T00:{minute:02d}:00.000Z"


@pytest.mark.parametrize(
    ("seen", "wanted"),
    [
        (["1.9.0", "1.10.0", "1.2.0"], ["1.10.0", "1.9.0", "1.2.0"]),
        (["v2.0.0", "2.0.1"], ["2.0.1", "v2.0.0"]),
        (["1.0.0-rc.2", "1.0.0", "1.0.0-rc.10"], ["1.0.0", "1.0.0-rc.10", "1.0.0-rc.2"]),
        (["b", "a", "2.0.0", "1.0.0"], ["1.0.0", "2.0.0", "a", "b"]),
        ([], []),
    ],
)
def test_versions_are_in_falling_order(seen, wanted):
    assert newest_first((version, at(minute)) for minute, version in enumerate(seen)) == wanted


def test_a_version_that_comes_back_keeps_its_first_place():
    seen = [("blue", at(1)), ("green", at(2)), ("blue", at(3))]
    assert newest_first(seen) == ["green", "blue"]
