"""A dashboard with its demo while pictures are taken: `make run` on ports and in a folder of its own."""

import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from embedded.emulator import HOST, ROOT, free_port
from embedded.supervisor import is_ready

START_SECONDS = 600.0
STOP_SECONDS = 40.0


class DemoError(RuntimeError):
    """The demo could not be started: one sentence says why."""


@contextmanager
def running_demo(environ: Mapping[str, str], folder: Path) -> Iterator[str]:
    """Its address, once its past is in."""
    port, log = free_port(), folder / "run.log"
    mine = {"PORT": str(port), "AWS_PORT": str(free_port()), "DATA_DIR": str(folder / "data"), "DEMO": ""}
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "embedded"], cwd=ROOT, env={**environ, **mine},
            stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True,
        )  # fmt: skip
    try:
        _wait_until_ready(process, port, log)
        yield f"http://{HOST}:{port}"
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()  # its guard stops what it leaves behind
            process.wait()


def _wait_until_ready(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not is_ready(port):
        if process.poll() is not None:
            raise DemoError(f"The demo did not start:\n{log.read_text(errors='replace')[-2000:]}")
        if time.monotonic() > deadline:
            raise DemoError(f"The demo was not ready within {START_SECONDS:.0f} s.")
        time.sleep(0.3)
