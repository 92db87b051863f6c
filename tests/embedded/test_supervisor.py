"""The supervisor with the real embedded AWS and stand-ins for the rest: in order, and nothing stays."""

import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from embedded import emulator
from tests.embedded.running import Run


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    run = Run(tmp_path, "tests.embedded.stand_ins", "supervise")
    yield run
    run.end()


def test_ctrl_c_stops_the_senders_before_the_servers_and_leaves_no_process(run: Run) -> None:
    run.start().wait_until_ready()
    run.wait_for(lambda: len(run.roles("started")) == 5)
    started = run.roles("started")
    assert sorted(started) == ["feeder", "past", "scorecards", "web", "worker"]
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
    run.wait_for(lambda: len(run.roles("started")) == 5)
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
