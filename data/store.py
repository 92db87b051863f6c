"""The store: every read of the facts on behalf of pages and API.

`Store(client, tables, cursor_secret, retention_days)`. Each method takes the caller's scope first. A new list
is a `Listing`; it needs a test for its order, its cursor and its scope.
"""

from data.store_attempts import AttemptReads
from data.store_builds import BuildReads
from data.store_neighbours import NeighbourReads
from data.store_promotions import PromotionReads
from data.store_scorecards import ScorecardReads


class Store(AttemptReads, BuildReads, NeighbourReads, PromotionReads, ScorecardReads):
    """Bounded reads of attempts, what stands behind them, promotions, incidents and snapshots of the score card."""
