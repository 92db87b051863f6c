"""`make check-image`: the image's tree is built in a folder and every command of it runs, as it will have to.

There need be no Docker daemon. What is not checked so is the base image itself, and that Docker reads the Dockerfile.
"""

import json
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from data import aws
from data.tables import ARCHIVE_BUCKET, TableNames, create_bucket, create_queues, create_tables
from embedded import emulator
from image_check.building import NotBuilt, built
from image_check.context import command, instructions, variables
from image_check.running import USER, Runner, may_isolate, stopped

ROOT = Path(__file__).resolve().parent.parent
PLACE = ROOT / ".data" / "image"
REGION = "us-west-2"
SECRET = "only-for-this-check-of-the-image"
VERSION = "9.9.9"
SECONDS = 60.0


class Wrong(RuntimeError):
    """The image does not do what it must: one sentence."""


def main() -> int:
    """0 when all is well, 1 with a sentence where not."""
    isolated = may_isolate()
    try:
        image = built(ROOT, PLACE, USER if isolated else [])
        sizes = image.megabytes()
        print("built:", ", ".join(f"{name} {size:.0f} MB" for name, size in sizes.items()), "(without its base)")
        if not isolated:
            print("SKIPPED: another user and a read-only root, for which this takes root, unshare and setpriv.")
        if wrong := image.wrong():
            raise Wrong("; ".join(wrong))
        with tempfile.TemporaryDirectory() as scratch, settings(Path(scratch)) as environment:
            check(Runner(image, environment, Path(scratch), isolated))
    except (NotBuilt, Wrong, emulator.EmulatorError) as error:
        print(error, file=sys.stderr)
        return 1
    print("The image holds what it needs, and every command of it runs.")
    return 0


@contextmanager
def settings(scratch: Path) -> Iterator[dict[str, str]]:
    """The environment of its processes, on an emulator with tables and queues."""
    with emulator.running({"PATH": "/usr/bin:/bin"}, scratch) as endpoint:
        create_tables(aws.dynamodb(endpoint, REGION, role="worker"), TableNames())
        queues = create_queues(aws.sqs(endpoint, REGION))
        create_bucket(aws.s3(endpoint, REGION), ARCHIVE_BUCKET, REGION)
        found = instructions((ROOT / "Dockerfile").read_text())
        of_image = variables(found, found[-1].stage)
        yield of_image | {
            "AWS_ENDPOINT_URL": endpoint, "AWS_REGION": REGION, "AWS_ACCESS_KEY_ID": "local",
            "AWS_SECRET_ACCESS_KEY": "local", "SQS_QUEUE_URL": queues.queue_url, "SQS_DLQ_URL": queues.dlq_url,
            "ARCHIVE_BUCKET": ARCHIVE_BUCKET, "WEBHOOK_SECRET": SECRET, "WORKER_HEARTBEAT_FILE": "/tmp/heartbeat",
            "PORT": str(emulator.free_port()), "BIND_HOST": emulator.HOST, "REFRESH_SECONDS": "0.5",
        }  # fmt: skip


def check(runner: Runner) -> None:
    """Every command, once; Wrong where one does not do its work."""
    found = {one.name: one for one in instructions((ROOT / "Dockerfile").read_text())}
    start, ask = command(found["CMD"]), command(found["HEALTHCHECK"])
    ended(runner, "catalog", ["python", "-m", "data.catalog", "load"])
    address = f"http://{emulator.HOST}:{runner.environment['PORT']}"
    web = runner.start("web", start)
    try:
        until(lambda: answers(f"{address}/readyz"), lambda: f"web is not ready: {runner.log('web')[-600:]}")
        ended(runner, "health", ask)
        for path in ("/", "/api/clusters", "/api/openapi.json"):
            if not answers(address + path):
                raise Wrong(f"{path} does not answer")
        works(runner, address)
        for name, words in JOBS.items():
            ended(runner, name, words)
        if runner.run("watcher", ["python", "rollout_watcher.py"], WATCH_CLUSTER_NAME="here") != 2:
            raise Wrong(f"the watcher does not say that there is no cluster: {runner.log('watcher')[-300:]}")
        print(f"watcher: {runner.log('watcher').strip()[:120]}")
    finally:
        code = stopped(web)
    if code != 0 or "Traceback" in runner.log("web"):
        raise Wrong(f"web ended with {code}: {runner.log('web')[-600:]}")
    print("web: ready, answers, ends with 0")
    full(runner, start, address)


JOBS = {
    "snapshot": ["python", "scorecard_snapshot.py"],
    "DLQ retry": ["python", "-m", "ingest.dlq", "retry"],
    "rebuild check": ["python", "-m", "data.rebuild", "--check"],
}


def works(runner: Runner, address: str) -> None:
    """An event goes in by the webhook and is seen in the API; the worker ends as told."""
    worker = runner.start("worker", ["python", "ingest_worker.py"])
    try:
        cluster = seen(f"{address}/api/clusters")["clusters"][0]["id"]
        send(address, cluster)
        until(lambda: VERSION in json.dumps(seen(f"{address}/api/clusters/{cluster}/summary")),
              lambda: f"the event did not arrive: {runner.log('worker')[-600:]}")  # fmt: skip
    finally:
        code = stopped(worker)
    if code != 0:
        raise Wrong(f"the worker ended with {code}: {runner.log('worker')[-600:]}")
    print("worker: stored an event, ends with 0")


def full(runner: Runner, start: list[str], address: str) -> None:
    """With no byte left to write, the web process serves as ever."""
    if not runner.isolated:
        return
    web = runner.start("full", start, FILL_TMP="1")
    try:
        until(lambda: answers(f"{address}/readyz") and answers(f"{address}/"),
              lambda: f"with a full disk web is not ready: {runner.log('full')[-600:]}")  # fmt: skip
    finally:
        code = stopped(web)
    if code != 0:
        raise Wrong(f"with a full disk web ended with {code}")
    print("web: serves with a full disk too")


def ended(runner: Runner, name: str, words: list[str]) -> None:
    """Wrong where it does not end with 0."""
    if (code := runner.run(name, words)) != 0:
        raise Wrong(f"{name} ended with {code}: {runner.log(name)[-600:]}")
    print(f"{name}: ends with 0")


def send(address: str, cluster: str) -> None:
    """A deployment, as a pipeline reports it."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    said = {"clusterId": cluster, "serviceId": "image-check", "buildVersion": VERSION, "status": "SUCCESS",
            "startedAt": now, "endedAt": now, "attemptNumber": 1}  # fmt: skip
    body = json.dumps({"eventType": "deployment", "source": "jenkins", "payload": said}).encode()
    headers = {"Content-Type": "application/json", "X-Webhook-Secret": SECRET}
    try:
        urllib.request.urlopen(
            urllib.request.Request(f"{address}/api/ingest/webhook", body, headers), timeout=10
        ).close()
    except urllib.error.HTTPError as error:
        raise Wrong(f"the webhook refused an event: {error.read().decode()[:400]}") from error


def seen(address: str) -> dict[str, list[dict[str, str]]]:
    """A JSON object."""
    with urllib.request.urlopen(address, timeout=10) as response:
        found: dict[str, list[dict[str, str]]] = json.load(response)
    return found


def answers(address: str) -> bool:
    """Whether it says 200."""
    try:
        with urllib.request.urlopen(address, timeout=10) as response:
            return int(response.status) == 200
    except OSError:
        return False


def until(holds: Callable[[], bool], why_not: Callable[[], str]) -> None:
    """Wrong where it does not come to hold."""
    deadline = time.monotonic() + SECONDS
    while not holds():
        if time.monotonic() > deadline:
            raise Wrong(why_not())
        time.sleep(0.1)


if __name__ == "__main__":
    sys.exit(main())
