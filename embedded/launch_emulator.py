"""Runs the embedded AWS (ministack) as we need it; run by the Python of `.venv-embedded`, never imported.

As it comes, it saves only at shutdown (15 s for 80,000 items; nothing after kill -9), takes a damaged state
file for an empty one, loses the queues' messages when its port changes, and parses a query's condition again
for each item. Mended here from the outside: a forked copy writes a snapshot every half minute and on SIGUSR1,
the last save needs a second or two, a damaged file stops the start, queues are named without the port, and
what depends on an expression's text alone is computed once.
"""

import functools
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

SNAPSHOT_SECONDS = 30.0
DAMAGED = 3  # exit code, known to embedded/emulator.py
# Tables first: a queue older than they are delivers again, which changes nothing; a newer one would lose.
SAVED = ("dynamodb", "sqs")


def leave_with_parent(linger: float) -> None:
    """SIGTERM (which saves the state) to ourselves once standard input ended `linger` seconds ago."""

    def wait() -> None:
        while os.read(0, 4096):
            pass
        time.sleep(linger)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, daemon=True, name="parent-watch").start()


def remember_syntax(dynamodb: Any) -> None:
    """Tokens and syntax errors depend on the text alone: compute them once per text, not once per item."""
    tokenize = functools.lru_cache(1024)(dynamodb._tokenize)
    dynamodb._tokenize = lambda text: list(tokenize(text))
    dynamodb._condition_syntax_error = functools.lru_cache(1024)(dynamodb._condition_syntax_error)
    for name in ("_check_redundant_parens", "_check_reserved_keyword_usage"):
        setattr(dynamodb, name, _by_tokens(getattr(dynamodb, name)))


def _by_tokens(check: Callable[..., Any]) -> Callable[..., Any]:
    @functools.lru_cache(1024)
    def cached(tokens: tuple[Any, ...], *rest: Any) -> Any:
        return check(list(tokens), *rest)

    return lambda tokens, *rest: cached(tuple(tokens), *rest)


class Snapshots:
    """Writes the whole state: in a forked copy while serving, in place at the end."""

    def __init__(self, persistence: Any, modules: dict[str, Any], folder: Path) -> None:
        self._persistence = persistence
        self._modules = modules
        self._folder = folder
        self._child = 0
        self._asked = threading.Event()

    def ask(self, *_signal: Any) -> None:
        """Write one as soon as may be."""
        self._asked.set()

    def keep_writing(self, on_loop: Callable[[Callable[[], None]], None]) -> None:
        """Every half minute, but never busy more than a twentieth of the time."""
        pause = SNAPSHOT_SECONDS
        while True:
            self._asked.wait(pause)
            self._asked.clear()
            forked = threading.Event()
            # Between two requests nothing is half written: the loop's thread forks.
            on_loop(lambda event=forked: self._fork(event))  # type: ignore[misc]
            forked.wait()
            began = time.monotonic()
            self._reap(0)
            pause = max(SNAPSHOT_SECONDS, 20 * (time.monotonic() - began))

    def _fork(self, forked: threading.Event) -> None:
        self._child = os.fork()
        if self._child == 0:
            code = 1
            try:
                signal.signal(signal.SIGTERM, signal.SIG_DFL)
                os.closerange(3, 65536)  # above all the listening socket: it must not outlive the parent
                os.nice(10)
                self.write()
                code = 0
            finally:
                os._exit(code)
        forked.set()

    def _reap(self, options: int) -> None:
        try:
            _, status = os.waitpid(self._child, options)
        except ChildProcessError:
            return  # the last save was faster
        if status:
            print(f"snapshot failed with status {status}", file=sys.stderr, flush=True)

    def write_last(self, _services: dict[str, Any] | None = None) -> None:
        """At shutdown; a snapshot under way would be older, so it ends first."""
        if self._child:
            try:
                os.kill(self._child, signal.SIGKILL)
                os.waitpid(self._child, 0)
            except (ProcessLookupError, ChildProcessError):
                pass  # it was done
        self.write()

    def write(self) -> None:
        """Each service's file, whole or not at all."""
        for name in SAVED:
            module = self._modules[name]
            module.copy = SimpleNamespace(deepcopy=lambda value: value)  # nobody writes any more
            wrapped = {
                "__ministack_format__": self._persistence._state_format_version(name),
                "payload": module.get_state(),
            }
            text = json.dumps(wrapped, default=self._persistence._json_default)
            temporary = self._folder / f"{name}.{os.getpid()}.tmp"
            with temporary.open("w") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(self._folder / f"{name}.json")


def refuse_damage(persistence: Any, folder: Path) -> None:
    """A state file that cannot be read stops the start, before an empty state is saved over it."""
    load = persistence.load_state

    def careful(service: str) -> Any:
        data = load(service)
        if data is None and service in SAVED and (folder / f"{service}.json").exists():
            print(f"The state file {folder / service}.json cannot be read.", file=sys.stderr, flush=True)
            os._exit(DAMAGED)
        return data

    persistence.load_state = careful


def name_queues_without_port(sqs: Any) -> None:
    """Queues are kept by address: one that AWS_PORT does not change keeps their messages.

    Answers still carry the address at which the caller reached us.
    """
    sqs.DEFAULT_PORT = "4566"
    sqs._CANONICAL_NETLOC = f"{sqs.DEFAULT_HOST}:{sqs.DEFAULT_PORT}"


def forget_leftovers(folder: Path) -> None:
    """What a killed snapshot left half written."""
    for name in SAVED:
        for leftover in folder.glob(f"{name}.*.tmp"):
            leftover.unlink(missing_ok=True)


def main() -> None:
    """Serve until SIGTERM; settings come by environment, as ministack wants them."""
    leave_with_parent(float(sys.argv[1]) if len(sys.argv) > 1 else 0.0)
    sys.argv = sys.argv[:1]
    folder = Path(os.environ["STATE_DIR"])
    from ministack.core import persistence

    if persistence.PERSIST_STATE:
        folder.mkdir(parents=True, exist_ok=True)
        forget_leftovers(folder)
        refuse_damage(persistence, folder)
    from hypercorn.config import Config
    from ministack import app
    from ministack.services import dynamodb, sqs

    Config.graceful_timeout = 0.3  # it is stopped last: whoever still holds a connection is idle or dead

    app.load_state = persistence.load_state
    remember_syntax(dynamodb)
    name_queues_without_port(sqs)
    if persistence.PERSIST_STATE:
        snapshots = Snapshots(persistence, {"dynamodb": dynamodb, "sqs": sqs}, folder)
        app.save_all = snapshots.write_last
        signal.signal(signal.SIGUSR1, snapshots.ask)
        threading.Thread(
            target=snapshots.keep_writing,
            args=(lambda action: app._MAIN_LOOP.call_soon_threadsafe(action),),
            daemon=True,
            name="snapshots",
        ).start()
    app.main()


if __name__ == "__main__":
    main()
