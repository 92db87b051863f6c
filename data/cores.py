"""How many web processes a machine or a container is good for."""

import math
import os
from pathlib import Path

FEWEST, MOST = 2, 4  # two, so that one that hangs is not all; four, for each holds the read model's changes
CPU_MAX = Path("/sys/fs/cgroup/cpu.max")


def web_workers() -> int:
    """One for each core that this process may use, within FEWEST and MOST."""
    try:
        quota = CPU_MAX.read_text()
    except OSError:  # not in a container, or of another kind
        quota = ""
    return workers_for(
        len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1, quota
    )


def workers_for(processors: int, quota: str) -> int:
    """The same for so many processors and a quota as cgroup v2 writes it: `100000 50000`, or `max 100000`."""
    share, _, period = quota.strip().partition(" ")
    if share.isdigit() and period.isdigit() and int(period):
        processors = min(processors, math.ceil(int(share) / int(period)))
    return max(FEWEST, min(MOST, processors))
