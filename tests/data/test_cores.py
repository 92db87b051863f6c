"""How many web processes there are where nobody says."""

import pytest

from data.cores import web_workers, workers_for


@pytest.mark.parametrize(
    ("processors", "quota", "workers"),
    [
        (1, "", 2), (3, "", 3), (64, "", 4),  # two at least, four at most
        (64, "max 100000", 4), (64, "50000 100000\n", 2), (64, "250000 100000\n", 3),  # a limit counts
        (64, "nonsense", 4), (2, "800000 100000", 2), (64, "100000 0", 4),
    ],
)  # fmt: skip
def test_there_is_one_web_process_for_each_core_that_may_be_used(processors: int, quota: str, workers: int) -> None:
    assert workers_for(processors, quota) == workers


def test_this_machine_has_an_answer() -> None:
    assert 2 <= web_workers() <= 4
