"""Starts everything in order, watches it, and stops it in reverse: the process behind `make run`."""

import errno
import fcntl
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import IO

from data import aws, tables
from data.errors import DashboardError
from embedded import announcement, emulator
from embedded.children import Child, Children, Stage
from embedded.emulator import EmulatorError
from embedded.options import REGION, Options, child_environment, webhook_secret, worker_environment
from embedded.past import Past, Plan

WEB_SECONDS = 60.0


class RunError(RuntimeError):
    """The run cannot start or go on: one sentence says why."""


class Stopped(Exception):
    """Somebody asked us to stop."""


def _python(*arguments: str) -> tuple[str, ...]:
    return (sys.executable, *arguments)


@dataclass(frozen=True, slots=True)
class Commands:
    """What is run; tests put small stand-ins here."""

    catalog: Sequence[str] = _python("-m", "data.catalog", "load")
    past: Sequence[str] = _python("-m", "ingest.replay", "--demo")
    gap: Sequence[str] = _python("-m", "ingest.replay", "--demo", "--gap")
    scorecards: Sequence[str] = _python("scorecard_snapshot.py", "--backfill", "56", "--weekly")
    worker: Sequence[str] = _python("ingest_worker.py")
    web: Sequence[str] = _python("-m", "gunicorn", "-c", "gunicorn.conf.py", "app:create_server()")
    feeder: Sequence[str] = _python("-m", "demo.feeder")


class Supervisor:
    """One run, from the first check to the last process' end."""

    def __init__(self, options: Options, environ: Mapping[str, str], commands: Commands | None = None) -> None:
        self._options = options
        self._environ = environ
        self._commands = commands or Commands()
        self._began = time.monotonic()
        self._stop_asked = False
        self._children: Children | None = None

    def run(self) -> int:
        """0 after Ctrl-C or SIGTERM, 1 with a sentence where something failed."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask_to_stop)
        code = 0
        try:
            with self._data_dir_locked():
                try:
                    self._start_and_watch()
                finally:
                    self._stop()
        except Stopped:
            self._say("Stopped; the data is kept.")
        except (RunError, EmulatorError, DashboardError) as error:
            print(error, file=sys.stderr, flush=True)
            code = 1
        return code

    def _ask_to_stop(self, _number: int, _frame: object) -> None:
        self._stop_asked = True

    def _start_and_watch(self) -> None:
        options = self._options
        check_port(options.port, "PORT")
        check_port(options.aws_port, "AWS_PORT")
        logs = options.data_dir / "logs"
        logs.mkdir(exist_ok=True)
        secret = webhook_secret(self._environ, options.data_dir)
        children = self._children = Children(logs)
        self._start_aws(children)
        past, queues = self._prepare_aws()
        environment = child_environment(self._environ, options, secret, queues)
        plan = past.plan(options.demo)
        self._start_dashboard(children, environment, past, plan)
        if plan.is_demo:
            children.start("feeder", Stage.SENDERS, self._commands.feeder, environment)
        self._say("Ready.")
        print(announcement.text(options.port, secret, datetime.now(UTC), str(logs)), flush=True)
        while True:
            self._pause(0.2)

    def _start_aws(self, children: Children) -> None:
        options = self._options
        self._say(f"Starting the embedded AWS on port {options.aws_port} …")
        state = options.data_dir / "aws"
        state.mkdir(exist_ok=True)
        environment = emulator.environment(self._environ, options.aws_port, state, state)
        # Should guard and supervisor both be killed it stops by itself; else the guard keeps the order.
        command = emulator.command(linger=20)
        self._aws = children.start("aws", Stage.AWS, command, environment, keep_input=True)
        try:
            emulator.wait_until_ready(options.aws_port, lambda: self._aws.alive() and not self._stop_asked)
        except EmulatorError as error:
            if self._stop_asked:
                raise Stopped from error
            raise EmulatorError(f"{error}\n{self._aws.last_words()}") from error

    def _prepare_aws(self) -> tuple[Past, tables.Queues]:
        """Tables, queues and the archive's bucket; tables empty where an import was cut short."""
        endpoint = emulator.endpoint(self._options.aws_port)
        dynamodb = aws.dynamodb(endpoint, REGION, role="worker")
        names = tables.TableNames()
        past = Past(dynamodb, names, self._options.data_dir)
        with aws.aws_errors():
            if past.was_interrupted():
                self._say("The last import was interrupted: starting it over.")
                tables.delete_tables(dynamodb, names)
            created = tables.create_tables(dynamodb, names)
            queues = tables.create_queues(aws.sqs(endpoint, REGION, role="worker"))
            tables.create_bucket(aws.s3(endpoint, REGION), tables.ARCHIVE_BUCKET, REGION)
        self._say(f"Tables, queues and archive are there ({len(created)} tables new).")
        return past, queues

    def _start_dashboard(self, children: Children, environment: Mapping[str, str], past: Past, plan: Plan) -> None:
        """Catalog, past, web and worker; returns when the web process is ready."""
        commands = self._commands
        self._say(plan.sentence)
        if plan.is_demo:  # web starts behind it: ready shall mean that the past is in
            self._run_to_end("catalog", commands.catalog, environment)
            self._bring_past(environment, past, plan)
        web = children.start("web", Stage.SERVERS, commands.web, environment)
        if not plan.is_demo:  # while web loads its libraries
            self._run_to_end("catalog", commands.catalog, environment)
        children.start("worker", Stage.SERVERS, commands.worker, worker_environment(environment))
        if plan.is_demo:  # what a daily job would have kept; while web starts
            self._run_to_end("scorecards", commands.scorecards, environment)
        self._wait_until_served(web)

    def _bring_past(self, environment: Mapping[str, str], past: Past, plan: Plan) -> None:
        if plan is Plan.GAP:
            self._run_to_end("gap", self._commands.gap, environment, to_terminal=True)
        else:
            with past.being_imported():
                self._run_to_end("past", self._commands.past, environment, to_terminal=True)
        self._aws.process.send_signal(signal.SIGUSR1)  # snapshot now: this was the dear part
        self._say("Starting web and worker …")

    def _run_to_end(
        self, name: str, command: Sequence[str], environment: Mapping[str, str], *, to_terminal: bool = False
    ) -> None:
        assert self._children is not None
        child = self._children.start(name, Stage.SENDERS, command, environment, to_terminal=to_terminal)
        while child.alive():
            self._pause(0.02, but=child)
        if child.process.returncode != 0:
            raise RunError(f"{name} failed with exit code {child.process.returncode}.\n{child.last_words()}")
        self._children.forget(child)

    def _wait_until_served(self, web: Child) -> None:
        deadline = time.monotonic() + WEB_SECONDS
        while not is_ready(self._options.port):
            if time.monotonic() > deadline:
                raise RunError(f"web was not ready within {WEB_SECONDS:.0f} s.\n{web.last_words()}")
            self._pause(0.1)

    def _pause(self, seconds: float, but: Child | None = None) -> None:
        time.sleep(seconds)
        self._check(but)

    def _check(self, but: Child | None = None) -> None:
        """Stopped when asked to; RunError when a child died that should not have."""
        if self._stop_asked:
            raise Stopped
        assert self._children is not None
        for child in self._children.dead():
            if child is not but:
                how = f"{child.name} ended unexpectedly (exit code {child.process.returncode})."
                raise RunError(f"{how}\n{child.last_words()}".rstrip())

    def _stop(self) -> None:
        if self._children is not None:
            self._say("Stopping …")
            self._children.stop_all()

    def _say(self, sentence: str) -> None:
        with suppress(OSError):  # the terminal may be gone
            print(f"[{time.monotonic() - self._began:5.1f} s] {sentence}", flush=True)

    def _data_dir_locked(self) -> IO[str]:
        """The lock of the data directory, held while the file is open; the kernel frees it however we end."""
        folder = self._options.data_dir
        try:
            folder.mkdir(parents=True, exist_ok=True)
            lock = (folder / "lock").open("w")
        except OSError as error:
            raise RunError(f"DATA_DIR {folder} cannot be written ({error.strerror}).") from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.close()
            why = f"Another run is using {folder}: stop it, or give this one its own DATA_DIR."
            raise RunError(why) from error
        return lock


def check_port(port: int, variable: str) -> None:
    """RunError where the port cannot be had."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((emulator.HOST, port))
        except OSError as error:
            why = "is in use" if error.errno == errno.EADDRINUSE else f"cannot be had ({error.strerror})"
            raise RunError(f"Port {port} {why}: choose another with {variable}=…") from error


def is_ready(port: int) -> bool:
    """Whether the web process says that it is."""
    try:
        with urllib.request.urlopen(f"http://{emulator.HOST}:{port}/readyz", timeout=2) as response:
            return int(response.status) == 200
    except (urllib.error.URLError, OSError):
        return False
