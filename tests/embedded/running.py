"""A supervisor as a real process, and what can be seen of it from outside."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from data import aws as clients
from data.tables import TableNames
from embedded import emulator

REGION = "us-west-2"


class Run:
    """A supervisor process and what can be seen of it."""

    def __init__(self, folder: Path, *command: str, **environ: str) -> None:
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
        self.command = command

    def start(self, **environ: str) -> "Run":
        with (self.folder / "out").open("w") as out, (self.folder / "err").open("w") as err:
            self.process = subprocess.Popen(
                [sys.executable, "-m", *self.command],
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

    def end(self) -> None:
        """Stop what a failed test left; then nothing of it may be alive."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(30)
        if Path("/proc/self/environ").exists():
            self.wait_for(lambda: self.processes() == [], 30)
