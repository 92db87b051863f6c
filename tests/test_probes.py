"""K06: DynamoDB and SQS go away under a running web process; it lives on, stays ready and says what is wrong."""

import time
from pathlib import Path

from data import aws as clients
from data.tables import TableNames, create_queues, create_tables
from embedded import emulator as embedded_aws
from ingest.held import Ticks
from ingest.pulse import STUCK_SECONDS, Pulse
from settings import process_environment
from tests.api.serving import serving
from tests.conftest import REGION, Aws
from tests.ingest import working
from tests.read_model import Writer

AWAY_SECONDS = 4.0


def test_it_stays_alive_and_ready_while_aws_is_away_and_says_why(tmp_path: Path) -> None:
    with embedded_aws.running(process_environment(), tmp_path) as endpoint:
        dynamodb, sqs = clients.dynamodb(endpoint, REGION, role="worker"), clients.sqs(endpoint, REGION)
        create_tables(dynamodb, TableNames())
        queues = create_queues(sqs)
        Writer(dynamodb, TableNames()).catalog()
        here = Aws(endpoint, REGION, TableNames(), queues.queue_url, queues.dlq_url, dynamodb, sqs)
        web = serving(here, tmp_path)
        running = web.__enter__()
    try:  # from here on there is no AWS
        dynamodb.close()
        sqs.close()
        ended = time.monotonic() + AWAY_SECONDS
        while time.monotonic() < ended:
            assert (running.ask("/healthz").status, running.ask("/readyz").status) == (200, 200)
            time.sleep(0.2)
        working.until(lambda: bool(running.ask("/readyz").body["stale"]))
        said = running.ask("/readyz").body
        assert said["progress"]["error"]
        assert said["ageSec"] > 1
        assert running.ask("/api/clusters").status == 200
        assert running.process.poll() is None
    finally:
        web.__exit__(None, None, None)


def test_a_loop_that_hangs_lets_the_heartbeat_file_grow_old(aws: Aws, tmp_path: Path) -> None:
    """The worker's liveness probe looks at this file: older than 90 seconds is a restart."""
    now, file = [1000.0], tmp_path / "beat"
    ticks = Ticks(lambda: now[0])
    pulse = Pulse("w-1", working.deliveries(aws), ticks, working.utc_now, lambda: {}, file)
    pulse.beat()
    first = file.stat().st_mtime_ns
    now[0] += STUCK_SECONDS + 1
    pulse.beat()
    assert file.stat().st_mtime_ns == first
    ticks.tick()
    pulse.beat()
    assert file.stat().st_mtime_ns > first
