"""The embedded AWS: how its process is started on loopback, and when it is ready."""

import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON = ROOT / ".venv-embedded" / "bin" / "python"
LAUNCHER = ROOT / "embedded" / "launch_emulator.py"
HOST = "127.0.0.1"
START_SECONDS = 30.0
STOP_SECONDS = 20.0


class EmulatorError(RuntimeError):
    """The embedded AWS cannot be started: one sentence says why."""


def endpoint(port: int) -> str:
    """Its URL."""
    return f"http://{HOST}:{port}"


def command(linger: float = 0.0) -> list[str]:
    """How it is started; it stops by itself `linger` seconds after its standard input ended."""
    if not PYTHON.exists():
        raise EmulatorError("The embedded AWS is not installed: run `make install` first.")
    return [str(PYTHON), str(LAUNCHER), f"{linger:g}"]


def environment(base: Mapping[str, str], port: int, scratch: Path, state: Path | None) -> dict[str, str]:
    """Its environment: four services, loopback only, no other listener; `state` None keeps nothing."""
    mine = {
        "GATEWAY_PORT": str(port),
        "BIND_HOST": HOST,
        "SERVICES": "dynamodb,sqs,s3,events",
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
        "DOCKER_HOST": f"unix://{scratch}/no-docker.sock",  # it would look for containers to tidy away
        "LOG_LEVEL": "WARNING",
        "PERSIST_STATE": "0" if state is None else "1",
        "STATE_DIR": str(state or scratch),
        "S3_PERSIST": "0" if state is None else "1",  # each object as it is put
        "S3_DATA_DIR": str((state or scratch) / "s3"),
        "TMPDIR": str(scratch),  # its pid file
        "PYTHONUNBUFFERED": "1",
    }
    kept = {name: base[name] for name in ("PATH", "HOME", "LANG", "SYSTEMROOT") if name in base}
    return kept | mine


def free_port() -> int:
    """A port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def wait_until_ready(port: int, alive: Callable[[], bool], seconds: float = START_SECONDS) -> None:
    """Return when it answers; EmulatorError when it died or took too long."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if answers(port):
            return
        if not alive():
            raise EmulatorError("The embedded AWS ended while it was starting.")
        time.sleep(0.03)
    raise EmulatorError(f"The embedded AWS did not answer within {seconds:.0f} s.")


def answers(port: int) -> bool:
    """Whether its health route answers."""
    try:
        with urllib.request.urlopen(f"{endpoint(port)}/_ministack/health", timeout=2) as response:
            return int(response.status) == 200
    except (urllib.error.URLError, OSError):
        return False


@contextmanager
def running(
    base: Mapping[str, str], scratch: Path, state: Path | None = None, port: int | None = None
) -> Iterator[str]:
    """An emulator for as long as the block lasts; gives its endpoint."""
    port = port or free_port()
    process = start(base, scratch, state, port)
    try:
        wait_until_ready(port, lambda: process.poll() is None)
        yield endpoint(port)
    finally:
        stop(process)


def start(base: Mapping[str, str], scratch: Path, state: Path | None, port: int) -> subprocess.Popen[bytes]:
    """Its process, in a session of its own (no Ctrl-C), bound to our life by its standard input."""
    with (scratch / "emulator.log").open("ab") as log:
        return subprocess.Popen(
            command(),
            env=environment(base, port, scratch, state),
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def stop(process: subprocess.Popen[bytes]) -> None:
    """SIGTERM, so that it saves; SIGKILL only after a long wait."""
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdin is not None:
        process.stdin.close()
