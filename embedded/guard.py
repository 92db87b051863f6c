"""Stops the children when the supervisor can not: a process that only waits for the supervisor's end.

The supervisor says `+ pid stage` and `- pid` on our standard input. When that input ends with children left,
the supervisor was killed: we stop them in the same order and with the same patience.
"""

import os
import signal
import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from embedded.children import PATIENCE, Stage


def read_children(lines: Iterable[str]) -> dict[int, Stage]:
    """Who is left when the lines end."""
    left: dict[int, Stage] = {}
    for line in lines:
        words = line.split()
        if len(words) == 3 and words[0] == "+":
            left[int(words[1])] = Stage(int(words[2]))
        elif len(words) == 2 and words[0] == "-":
            left.pop(int(words[1]), None)
    return left


def stop(children: dict[int, Stage]) -> None:
    """SIGTERM by stages; SIGKILL for groups that stay."""
    began = time.monotonic()
    for stage in Stage:
        groups = [pid for pid, of in children.items() if of is stage]
        for pid in groups:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
        deadline = began + PATIENCE[stage]
        while any(_exists(pid) for pid in groups) and time.monotonic() < deadline:
            time.sleep(0.05)
        for pid in groups:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(pid, signal.SIGKILL)


def _exists(group: int) -> bool:
    """Whether the group lives on; a leader that nobody has buried yet does not count."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        stat = Path(f"/proc/{group}/stat").read_text()
    except OSError:  # no /proc here, or it is gone this moment
        return True
    return stat.rsplit(")", 1)[-1].split()[0] != "Z"


def main() -> None:
    """Wait, then tidy up if there is anything left."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    left = read_children(sys.stdin)
    if left:
        print(f"The supervisor is gone; stopping {sorted(left)}.", flush=True)
        stop(left)


if __name__ == "__main__":
    main()
