"""Facts that stand at a time of their own: when a promotion got where it is."""

from typing import Any

from data.dated_folds import fold_promotion
from data.events import to_claim
from data.models import Promotion, PromotionStatus
from ingest.envelope import normalize
from tests.ingest import saying

RECEIVED = "2026-02-24T12:00:00.000Z"


def folded(*told: dict[str, Any]) -> Promotion:
    """The promotion of what was said of it, in this order."""
    steps = [saying.promotion(**({"promotionId": "p1", "promotedAt": "2026-02-24T09:00:00Z"} | one)) for one in told]
    return fold_promotion([to_claim(event) for step in steps for event in normalize(step, RECEIVED, suites=())], 90)


def step(status: str, clock: str) -> dict[str, Any]:
    return {"status": status, "eventTime": f"2026-02-24T{clock}:00Z"}


def test_a_promotion_is_done_when_its_status_was_first_said_in_whatever_order_it_arrives():
    asked, done, again = step("PENDING", "09:00"), step("SUCCEEDED", "09:40"), step("SUCCEEDED", "10:10")
    for order in ((asked, done, again), (again, done, asked)):
        found = folded(*order)
        assert (found.status, found.status_at) == (PromotionStatus.SUCCEEDED, "2026-02-24T09:40:00.000Z")


def test_a_later_word_of_a_lesser_status_does_not_move_the_time():
    found = folded(step("REJECTED", "09:30"), step("APPROVED", "11:00"))
    assert (found.status, found.status_at) == (PromotionStatus.REJECTED, "2026-02-24T09:30:00.000Z")
