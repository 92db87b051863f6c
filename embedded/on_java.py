"""`make run-java`: the same dashboard on DynamoDB Local and ElasticMQ, which Maven fetches, to prove it on them.

Nothing of the dashboard differs, only where its client library finds DynamoDB and SQS. There is no S3 and so no
archive, and nothing is kept.
"""

import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from data.tables import DLQ_NAME, QUEUE_NAME
from embedded.children import Child, Children, Stage
from embedded.emulator import HOST, ROOT, free_port
from embedded.supervisor import check_port, is_ready

POMS = ROOT / "embedded" / "java"
JARS = ROOT / ".data" / "java"
DYNAMODB, ELASTICMQ = "dynamodb-local", "elasticmq"
SECRET = "only-for-this-run-on-this-machine"
VERSION = "9.9.9"
SECONDS = 90.0


class NotRun(RuntimeError):
    """Why it does not run: one sentence."""


def main(arguments: Sequence[str] | None = None) -> int:
    """0 after Ctrl-C, or with `--check` once an event was seen; 1 with a sentence where something is missing."""
    from settings import Settings, SettingsError, process_environment

    only_check = "--check" in (sys.argv[1:] if arguments is None else arguments)
    try:
        said = process_environment()
        port = Settings.from_env({**said, "CURSOR_SECRET": SECRET}).port
        check_port(port, "PORT")
        for name in (DYNAMODB, ELASTICMQ):
            fetch(name)
        run(said, port, only_check)
    except (NotRun, SettingsError, RuntimeError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped; nothing is kept.")
    return 0


def fetch(name: str) -> None:
    """The jars that the POM of that name says, unless they are here."""
    missing = [tool for tool in ("java", "mvn") if shutil.which(tool) is None]
    if missing:
        raise NotRun(
            f"make run-java needs Java 17 and Maven; not found: {', '.join(missing)}. `make run` needs neither."
        )
    pom, folder = POMS / f"{name}.xml", JARS / name
    stamp, wanted = folder / ".fetched", hashlib.sha256(pom.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    print(f"Fetching {name} …", flush=True)
    shutil.rmtree(folder, ignore_errors=True)
    command = ["mvn", "-q", "-B", "-f", str(pom), "dependency:copy-dependencies", "-DincludeScope=runtime",
               f"-DoutputDirectory={folder}"]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise NotRun(f"Maven could not fetch {name}: {(done.stdout + done.stderr).strip()[-600:]}")
    stamp.write_text(wanted)


def commands(dynamodb: int, sqs: int) -> dict[str, list[str]]:
    """How the two are started on these ports of loopback."""
    tables, queues = JARS / DYNAMODB, JARS / ELASTICMQ
    said = {
        "config.file": ROOT / "docker" / "elasticmq.conf", "node-address.host": HOST, "node-address.port": sqs,
        "rest-sqs.bind-hostname": HOST, "rest-sqs.bind-port": sqs,
    }  # fmt: skip
    return {
        DYNAMODB: [
            "java", f"-Dsqlite4java.library.path={tables}", "-cp", f"{tables}/*",
            "com.amazonaws.services.dynamodbv2.local.main.ServerRunner", "-inMemory", "-sharedDb", "-port",
            str(dynamodb), "-disableTelemetry",
        ],
        ELASTICMQ: [
            "java", *(f"-D{name}={value}" for name, value in said.items()), "-cp", f"{queues}/*",
            "org.elasticmq.server.Main",
        ],
    }  # fmt: skip


def environment(said: Mapping[str, str], port: int, dynamodb: int, sqs: int) -> dict[str, str]:
    """The settings of web and worker: each service by its own endpoint, which the client library reads itself."""
    queues = f"http://{HOST}:{sqs}/000000000000"
    kept = {name: said[name] for name in ("PATH", "HOME", "LANG", "LOG_LEVEL") if name in said}
    return kept | {
        "AWS_ENDPOINT_URL_DYNAMODB": f"http://{HOST}:{dynamodb}", "AWS_ENDPOINT_URL_SQS": f"http://{HOST}:{sqs}",
        "AWS_REGION": "us-west-2", "AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local",
        "SQS_QUEUE_URL": f"{queues}/{QUEUE_NAME}", "SQS_DLQ_URL": f"{queues}/{DLQ_NAME}",
        "WEBHOOK_SECRET": SECRET, "BIND_HOST": HOST, "PORT": str(port), "PYTHONUNBUFFERED": "1",
    }  # fmt: skip


def run(said: Mapping[str, str], port: int, only_check: bool) -> None:
    """Everything, until Ctrl-C or until it is proven."""
    dynamodb, sqs = free_port(), free_port()
    settings = environment(said, port, dynamodb, sqs)
    with tempfile.TemporaryDirectory() as logs:
        children = Children(Path(logs))
        try:
            for name, command in commands(dynamodb, sqs).items():
                children.start(name, Stage.AWS, command, settings)
            for at in (dynamodb, sqs):
                until(lambda at=at: listens(at), children)  # type: ignore[misc]
            for words in (("-m", "data.tables", "create"), ("-m", "data.catalog", "load")):
                to_end(children, settings, words)
            children.start("worker", Stage.SERVERS, (sys.executable, "ingest_worker.py"), settings)
            serve = (sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "app:create_server()")
            children.start("web", Stage.SERVERS, serve, settings)
            until(lambda: is_ready(port), children)
            prove(f"http://{HOST}:{port}", children)
            print(f"An event went in by the webhook and is in the API: http://{HOST}:{port}", flush=True)
            while not only_check:
                until(lambda: False, children, 1.0)
        finally:
            children.stop_all()


def to_end(children: Children, settings: Mapping[str, str], words: Sequence[str]) -> None:
    """One command, which has to end with 0."""
    child = children.start(words[1], Stage.SENDERS, (sys.executable, *words), settings)
    if child.process.wait(SECONDS) != 0:
        raise NotRun(f"{words[1]} failed.\n{child.last_words()}")
    children.forget(child)


def prove(address: str, children: Children) -> None:
    """A deployment by the webhook is seen on the first cluster."""
    cluster = _asked(f"{address}/api/clusters")["clusters"][0]["id"]
    now = datetime.now(UTC).isoformat(timespec="seconds")
    said = {"clusterId": cluster, "serviceId": "run-java", "buildVersion": VERSION, "status": "SUCCESS",
            "startedAt": now, "endedAt": now, "attemptNumber": 1}  # fmt: skip
    body = json.dumps({"eventType": "deployment", "source": "jenkins", "payload": said}).encode()
    headers = {"Content-Type": "application/json", "X-Webhook-Secret": SECRET}
    try:
        urllib.request.urlopen(
            urllib.request.Request(f"{address}/api/ingest/webhook", body, headers), timeout=10
        ).close()
    except urllib.error.HTTPError as error:
        raise NotRun(f"The webhook refused an event: {error.read().decode()[:400]}") from error
    until(lambda: VERSION in json.dumps(_asked(f"{address}/api/clusters/{cluster}/summary")), children)


def until(holds: Callable[[], bool], children: Children, seconds: float = SECONDS) -> None:
    """Return when it holds, or after fewer than SECONDS; NotRun where a child ended or it takes longer."""
    deadline = time.monotonic() + seconds
    while not holds():
        if dead := children.dead():
            raise NotRun(_ended(dead[0]))
        if time.monotonic() > deadline:
            if seconds < SECONDS:
                return
            raise NotRun(f"It took more than {seconds:.0f} s; the machine may be busy.")
        time.sleep(0.1)


def _ended(child: Child) -> str:
    return f"{child.name} ended unexpectedly (exit code {child.process.returncode}).\n{child.last_words()}"


def listens(port: int) -> bool:
    """Whether somebody answers HTTP there, be it with an error."""
    try:
        urllib.request.urlopen(f"http://{HOST}:{port}/", timeout=2).close()
    except urllib.error.HTTPError as error:
        error.close()
    except OSError:
        return False
    return True


def _asked(address: str) -> dict[str, list[dict[str, str]]]:
    with urllib.request.urlopen(address, timeout=10) as response:
        found: dict[str, list[dict[str, str]]] = json.load(response)
    return found


if __name__ == "__main__":
    sys.exit(main())
