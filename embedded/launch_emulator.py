"""Runs the embedded AWS (ministack) as we need it; run by the Python of `.venv-embedded`, never imported.

It leaves when whoever holds its standard input is gone, so that no death of a parent leaves it behind.
"""

import os
import signal
import sys
import threading


def leave_with_parent() -> None:
    """SIGTERM (which saves the state) to ourselves once standard input ends."""

    def wait() -> None:
        while os.read(0, 4096):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, daemon=True, name="parent-watch").start()


if __name__ == "__main__":
    leave_with_parent()
    from ministack.app import main

    sys.argv = sys.argv[:1]
    main()
