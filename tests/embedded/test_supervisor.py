"""The supervisor with the real embedded AWS and stand-ins for the rest: in order, and nothing stays."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from data import aws as clients
from data.tables import TableNames
from embedded import emulator

REGION = "us-west-2"


class Run:
    """A supervisor process and what can be seen of it."""

    def __init__(self, folder: Path, **environ: str) -> None:
        self.folder = folder
        self.events_file = folder / "events"
        self.events_file.touch()
        self.environ = {
            **os.environ,
            "PORT": str(emulator.free_port()),
            "AWS_PORT": str(emulator.free_port()),
            "DATA_DIR": str(folder / "data"),
            "EVENTS": str(self.events_file),
            **environ,
        }
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, **environ: str) -> "Run":
        with (self.folder / "out").open("w") as out, (self.folder / "err").open("w") as err:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.embedded.stand_ins", "supervise"],
                cwd=emulator.ROOT, env={**self.environ, **environ}, start_new_session=True,
                stdin=subprocess.DEVNULL, stdout=out, stderr=err,
            )  # fmt: skip
        return self

    def wait_for(self, what: Callable[[], bool], seconds: float = 30) -> None:
        deadline = time.monotonic() + seconds
        while not what():
            assert time.monotonic() < deadline, self.everything()
            time.sleep(0.05)

    def wait_until_ready(self) -> "Run":
        process = self.process
        assert process is not None
        self.wait_for(lambda: "Ctrl-C stops everything" in self.out() or process.poll() is not None)
        assert process.poll() is None, self.everything()
        return self

    def press_ctrl_c(self) -> int:
        """SIGINT to the whole foreground group, as a terminal does."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGINT)
        return self.process.wait(30)

    def ended(self) -> int:
        assert self.process is not None
        return self.process.wait(40)

    def out(self) -> str:
        return (self.folder / "out").read_text()

    def err(self) -> str:
        return (self.folder / "err").read_text()

    def events(self) -> list[list[str]]:
        return [line.split() for line in self.events_file.read_text().splitlines()]

    def roles(self, word: str) -> list[str]:
        return [role for what, role, _ in self.events() if what == word]

    def everything(self) -> str:
        logs = "\n".join(f"{log.name}: {log.read_text()}" for log in self.folder.glob("data/logs/*"))
        return f"{self.out()}\n{self.err()}\n{self.events()}\n{logs}"

    def processes(self) -> list[str]:
        """Living processes whose environment names our data directory (zombies have none)."""
        mark = str(self.folder).encode()
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                if mark in (process / "environ").read_bytes():
                    found.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode())
            except OSError:
                continue
        return found

    def items(self) -> list[str]:
        """Sort keys of the attempts, read through the embedded AWS that is running."""
        client = clients.dynamodb(emulator.endpoint(int(self.environ["AWS_PORT"])), REGION)
        items = client.scan(TableName=TableNames().attempts)["Items"]
        client.close()
        return [item["sk"]["S"].rsplit(" ", 1)[0] for item in items]


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    run = Run(tmp_path)
    yield run
    if run.process is not None and run.process.poll() is None:
        run.process.terminate()
        run.process.wait(30)
    if Path("/proc/self/environ").exists():
        run.wait_for(lambda: run.processes() == [], 30)


def test_ctrl_c_stops_the_senders_before_the_servers_and_leaves_no_process(run: Run) -> None:
    run.start().wait_until_ready()
    run.wait_for(lambda: len(run.roles("started")) == 4)
    started = run.roles("started")
    assert sorted(started) == ["feeder", "past", "web", "worker"]
    assert started[0] == "past"
    assert started.index("web") < started.index("feeder")
    began = time.monotonic()
    assert run.press_ctrl_c() == 0
    assert time.monotonic() - began < 25
    assert run.roles("stopped")[0] == "feeder"
    assert sorted(run.roles("stopped")) == ["feeder", "web", "worker"]
    assert run.processes() == []
    assert run.err() == ""


def test_the_data_and_the_secret_survive_and_only_the_gap_is_filled(run: Run) -> None:
    run.start().wait_until_ready()
    secret = (run.folder / "data" / "webhook-secret").read_text()
    assert secret in run.out()
    assert (run.folder / "data" / "webhook-secret").stat().st_mode & 0o777 == 0o600
    assert run.press_ctrl_c() == 0
    run.start().wait_until_ready()
    assert sorted(run.items()) == ["by gap", "by past"]
    assert secret in run.out()
    assert run.roles("started").count("past") == 1


def test_an_empty_start_brings_no_past_and_no_feeder(run: Run) -> None:
    run.start(DEMO="none").wait_until_ready()
    run.wait_for(lambda: sorted(run.roles("started")) == ["web", "worker"])
    assert run.items() == []


def test_an_interrupted_import_is_started_over(run: Run) -> None:
    run.start(FAULT="slow-past")
    run.wait_for(lambda: "half of it" in run.out())
    assert run.press_ctrl_c() == 0
    run.start().wait_until_ready()
    assert "starting it over" in run.out()
    assert run.items() == ["by past"]


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="needs /proc to see the processes")
def test_nothing_outlives_a_killed_supervisor_and_the_data_is_saved(run: Run) -> None:
    run.start().wait_until_ready()
    run.wait_for(lambda: len(run.roles("started")) == 4)
    assert run.process is not None
    run.process.kill()
    run.process.wait()
    run.wait_for(lambda: run.processes() == [], 25)
    assert sorted(run.roles("stopped")) == ["feeder", "web", "worker"]
    run.start().wait_until_ready()
    assert "by past" in run.items()


def test_a_child_that_dies_stops_everything_with_a_sentence(run: Run) -> None:
    assert run.start(FAULT="worker").ended() == 1
    assert run.err().startswith("worker ended unexpectedly (exit code 7).\nI cannot go on.")
    assert "Traceback" not in run.err()


def test_a_catalog_that_cannot_be_loaded_stops_the_start(run: Run) -> None:
    assert run.start(FAULT="catalog").ended() == 1
    assert run.err() == "catalog failed with exit code 7.\nI cannot go on.\n"


@pytest.mark.parametrize("variable", ["PORT", "AWS_PORT"])
def test_a_port_in_use_is_one_sentence(run: Run, variable: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", int(run.environ[variable])))
        taken.listen()
        assert run.start().ended() == 1
    assert run.err() == f"Port {run.environ[variable]} is in use: choose another with {variable}=…\n"


def test_two_runs_cannot_share_a_data_directory(run: Run) -> None:
    run.start(DEMO="none").wait_until_ready()
    first = run.process
    port = {"PORT": str(emulator.free_port()), "AWS_PORT": str(emulator.free_port())}
    assert run.start(**port).ended() == 1
    assert run.err().startswith("Another run is using ")
    run.process = first
