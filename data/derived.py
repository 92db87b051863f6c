"""What is kept beside the columns from one generation to the next: parts worked out, and how words are numbered."""

import numpy as np

from data.attempt_columns import AttemptColumns
from data.flips import COLUMNS, KIND_BITS, Names, Steps, joined, steps_of
from data.kept_parts import KeptParts, Marks
from data.models import EVERYTHING
from data.reason_tally import Reasons

FOREVER = 2**62


class Derived:
    """Of one line of generations: only what can be worked out again. Two threads may do so, none sees half of it."""

    def __init__(self) -> None:
        self.parts = KeptParts()
        self.delivery = KeptParts()
        self.reasons = Reasons()
        self.names = Names()
        self._steps: dict[str, tuple[int, dict[str, int], Steps]] = {}

    def steps(self, attempts: AttemptColumns, marks: Marks, cluster: str) -> Steps:
        """The steps on a cluster-region; only those of services are worked out to which something happened."""
        mark, known, held = self._steps.get(cluster, (0, {}, joined(())))
        if mark == marks.clusters[cluster]:
            return held
        now = {service: mark for (one, service), mark in marks.pairs.items() if one == cluster}
        changed = sorted(service for service, mark in now.items() if known.get(service) != mark)
        fresh = attempts.frame(
            EVERYTHING, 0, FOREVER, cluster_ids=(cluster,), service_ids=frozenset(changed), columns=COLUMNS
        )
        left = held.kept(~np.isin(held.what >> KIND_BITS, self.names.services(changed)))
        steps = joined([left, steps_of(fresh, self.names)])
        self._steps[cluster] = marks.clusters[cluster], now, steps
        return steps

    def prepare(self, attempts: AttemptColumns, marks: Marks) -> None:
        """Work out before anybody asks what every question about flakes needs."""
        for cluster in marks.clusters:
            self.steps(attempts, marks, cluster)
