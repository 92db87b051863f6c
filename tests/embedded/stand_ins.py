"""Small real processes in the place of web, worker, feeder and import: `python -m … ROLE`.

Each writes `started ROLE PID` and `stopped ROLE PID` to the file named by EVENTS.
"""

import os
import signal
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

from data import aws
from data.tables import TableNames
from embedded.options import Options
from embedded.past import MARK
from embedded.supervisor import Commands, Supervisor


def note(word: str, role: str) -> None:
    with Path(os.environ["EVENTS"]).open("a") as file:
        file.write(f"{word} {role} {os.getpid()}\n")


def live(role: str) -> None:
    """Until SIGTERM."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    note("started", role)
    if role == "web":
        serve()
    stop.wait()
    note("stopped", role)


def serve() -> None:
    class Ready(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/readyz" else 404)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = HTTPServer(("127.0.0.1", int(os.environ["PORT"])), Ready)
    threading.Thread(target=server.serve_forever, daemon=True).start()


def bring_past(role: str) -> None:
    """Leave the demo's mark, as the real import does; `slow` never gets so far."""
    note("started", role)
    dynamodb = aws.dynamodb(os.environ["AWS_ENDPOINT_URL"], "us-west-2")
    dynamodb.put_item(
        TableName=TableNames().attempts, Item={"pk": {"S": "a"}, "sk": {"S": f"by {role} {os.getpid()}"}}
    )
    if role == "slow-past":
        print("half of it", flush=True)
        time.sleep(60)
    dynamodb.put_item(TableName=TableNames().events, Item=MARK)


def supervise() -> int:
    """A supervisor with stand-ins; FAULT chooses one that misbehaves."""
    fault = os.environ.get("FAULT", "")
    ours = (sys.executable, "-m", "tests.embedded.stand_ins")
    commands = Commands(
        catalog=(*ours, "die" if fault == "catalog" else "catalog"),
        past=(*ours, "slow-past" if fault == "slow-past" else "past"),
        gap=(*ours, "gap"),
        scorecards=(*ours, "scorecards"),
        worker=(*ours, "die-later" if fault == "worker" else "worker"),
        web=(*ours, "web"),
        feeder=(*ours, "feeder"),
    )
    return Supervisor(Options.from_env(os.environ), os.environ, commands).run()


def main(role: str) -> int:
    if role == "supervise":
        return supervise()
    if role == "die":
        print("I cannot go on.", flush=True)
        return 7
    if role == "die-later":
        note("started", "worker")
        time.sleep(1.5)
        print("I cannot go on.", flush=True)
        return 7
    if role in ("past", "gap", "slow-past"):
        bring_past(role)
    elif role == "scorecards":
        note("started", role)
    elif role in ("web", "worker", "feeder"):
        live(role)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
