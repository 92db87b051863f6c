"""The limit beside the intake: threads that send one message after the other with bare boto3, and do nothing else.

`python -m bench.bare_sender ENDPOINT QUEUE_URL THREADS SECONDS`: reads the message from standard input, says how many
a second the queue took.
"""

import sys
import threading
import time

import boto3
from botocore.config import Config

from bench.processes import REGION


def main(endpoint: str, queue_url: str, threads: str, seconds: str) -> None:
    """Send for so long; the rate on standard output."""
    body, counts = sys.stdin.read(), [0] * int(threads)
    client = boto3.Session(aws_access_key_id="local", aws_secret_access_key="local").client(
        "sqs", region_name=REGION, endpoint_url=endpoint, config=Config(max_pool_connections=len(counts))
    )
    client.send_message(QueueUrl=queue_url, MessageBody=body)
    begun = time.perf_counter()
    end = begun + float(seconds)

    def work(place: int) -> None:
        while time.perf_counter() < end:
            client.send_message(QueueUrl=queue_url, MessageBody=body)
            counts[place] += 1

    workers = [threading.Thread(target=work, args=(place,)) for place in range(len(counts))]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    print(sum(counts) / (time.perf_counter() - begun))


if __name__ == "__main__":
    main(*sys.argv[1:])
