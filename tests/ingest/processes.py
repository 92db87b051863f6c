"""Real worker processes, for tests that stop or kill them."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from embedded.emulator import ROOT
from tests.conftest import Aws


class WorkerProcess:
    """A worker as `python ingest_worker.py` starts it."""

    def __init__(self, aws: Aws, log: Path, **environment: str) -> None:
        self.log = log
        with log.open("ab") as out:
            self._process = subprocess.Popen(
                [sys.executable, "ingest_worker.py"],
                cwd=ROOT, env=aws.environment(**environment), stdout=out, stderr=out, start_new_session=True,
            )  # fmt: skip

    def asked_to_stop(self, by: signal.Signals = signal.SIGTERM) -> tuple[int, float]:
        """(exit code, seconds it took) after a signal."""
        started = time.monotonic()
        self._process.send_signal(by)
        return self._process.wait(40), time.monotonic() - started

    def killed(self) -> None:
        """kill -9."""
        self._process.kill()
        self._process.wait()

    @property
    def running(self) -> bool:
        """Whether it has not ended."""
        return self._process.poll() is None

    @property
    def lines(self) -> str:
        """What it has logged."""
        return self.log.read_text()


@contextmanager
def worker(aws: Aws, log: Path, **environment: str) -> Iterator[WorkerProcess]:
    """A worker process that does not outlive the block."""
    process = WorkerProcess(aws, log, **environment)
    try:
        yield process
    finally:
        if process.running:
            process.killed()
