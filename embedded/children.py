"""The processes of a run: started so that none can outlive us, stopped in order.

Each child is born behind a gate: a shell that waits for one word before it becomes the real command. It
gets the word only after the guard knows it; if we die before, the gate's pipe ends and so does the child.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from embedded.emulator import ROOT

GATE = 'read -r _ || exit 1; exec "$@"'
GATE_CLOSED_INPUT = 'read -r _ || exit 1; exec "$@" </dev/null'


class Stage(IntEnum):
    """The order of stopping: whoever writes goes before whoever keeps."""

    SENDERS = 1
    SERVERS = 2
    AWS = 3


# Seconds from the first SIGTERM to a stage's SIGKILL: within the 25 that are promised; the embedded AWS may
# use for saving what the others did not need.
PATIENCE = {Stage.SENDERS: 3.0, Stage.SERVERS: 15.0, Stage.AWS: 24.0}


@dataclass(slots=True)
class Child:
    """A running process, leader of a session of its own (the terminal's Ctrl-C does not reach it)."""

    name: str
    stage: Stage
    process: "subprocess.Popen[bytes]"
    log: Path | None

    def alive(self) -> bool:
        """Whether it still runs."""
        return self.process.poll() is None

    def last_words(self, lines: int = 12) -> str:
        """The end of its log."""
        if self.log is None or not self.log.exists():
            return ""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])


class Children:
    """Starts children, tells the guard of each, stops them all."""

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._children: list[Child] = []
        self._guard = self._start_guard()

    def _start_guard(self) -> "subprocess.Popen[bytes]":
        with (self._logs / "guard.log").open("wb") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "embedded.guard"],
                cwd=ROOT, stdin=subprocess.PIPE, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip

    def start(
        self, name: str, stage: Stage, command: Sequence[str], environment: Mapping[str, str],
        *, to_terminal: bool = False, keep_input: bool = False,
    ) -> Child:  # fmt: skip
        """Start one; its output goes to its log, or for progress to the terminal."""
        log = None if to_terminal else self._logs / f"{name}.log"
        gate = GATE if keep_input else GATE_CLOSED_INPUT
        output = log.open("wb") if log else None
        try:
            process = subprocess.Popen(
                ["/bin/sh", "-c", gate, "sh", *command], cwd=ROOT, env=dict(environment),
                stdin=subprocess.PIPE, stdout=output, stderr=output, start_new_session=True,
            )  # fmt: skip
        finally:
            if output:
                output.close()
        child = Child(name, stage, process, log)
        self._children.append(child)
        self._tell_guard(f"+ {process.pid} {stage.value}")
        self._open_gate(child, keep_input)
        return child

    def _open_gate(self, child: Child, keep_input: bool) -> None:
        assert child.process.stdin is not None
        with suppress(BrokenPipeError):  # it died at once: whoever watches it will say so
            child.process.stdin.write(b"go\n")
            child.process.stdin.flush()
            if not keep_input:
                child.process.stdin.close()

    def _tell_guard(self, line: str) -> None:
        assert self._guard.stdin is not None
        with suppress(BrokenPipeError):  # a dead guard shows in `dead()`
            self._guard.stdin.write(f"{line}\n".encode())
            self._guard.stdin.flush()

    def dead(self) -> list[Child]:
        """Those that ended without being asked to."""
        dead = [child for child in self._children if not child.alive()]
        if self._guard.poll() is not None:
            dead.append(Child("guard", Stage.AWS, self._guard, self._logs / "guard.log"))
        return dead

    def forget(self, child: Child) -> None:
        """A child that has ended as it should."""
        self._children.remove(child)
        self._tell_guard(f"- {child.process.pid}")

    def stop_all(self) -> None:
        """Stage after stage: SIGTERM, wait, SIGKILL for what is left; then the guard may go too."""
        began = time.monotonic()
        for stage in Stage:
            members = [child for child in self._children if child.stage is stage]
            for child in members:
                with suppress(ProcessLookupError):
                    child.process.send_signal(signal.SIGTERM)
            deadline = began + PATIENCE[stage]
            for child in members:
                self._end(child, deadline)
        if self._guard.stdin is not None:
            with suppress(BrokenPipeError):
                self._guard.stdin.close()
        self._guard.wait(5)

    def _end(self, child: Child, deadline: float) -> None:
        with suppress(subprocess.TimeoutExpired):
            child.process.wait(max(0.05, deadline - time.monotonic()))
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(child.process.pid, signal.SIGKILL)  # what is left of it and of its own children
        child.process.wait()
        self.forget(child)
