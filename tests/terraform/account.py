"""An AWS that checks rights: tables, queues, a bucket, a bus and users who may do what a role's policy says."""

import json
import re
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import botocore.client
import pytest
from botocore.exceptions import ClientError

from data import aws as clients
from data.tables import ARCHIVE_BUCKET, TableNames, create_bucket, create_queues, create_request, definitions
from embedded import emulator
from settings import process_environment
from tests.conftest import REGION, Aws
from tests.terraform.policies import Document, Grant

BUS, SECRET = "dashboard-events", "dashboard/settings"
ACCOUNT = "000000000000"
ROOT = ("test", "test")
DENIED = re.compile(r"not authorized to perform: (\S+) on resource: \"?([^\s\"]+)")


@dataclass(slots=True)
class Calls:
    """What the users asked for, as grants they used; and what they were refused. Thread-safe."""

    used: dict[Grant, None] = field(default_factory=dict)
    refused: list[tuple[Grant, str]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def forget(self) -> None:
        with self.lock:
            self.used.clear()
            self.refused.clear()


@dataclass(frozen=True, slots=True)
class Account:
    """The emulator with everything the dashboard needs; `aws` is its owner's view."""

    aws: Aws
    calls: Calls
    users: dict[str, tuple[str, str]] = field(default_factory=dict)

    def places(self) -> dict[str, str]:
        """What Terraform fills the policies with."""
        names = {part: getattr(TableNames(), part) for part in TableNames.__dataclass_fields__}
        tables = {part: f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{name}" for part, name in names.items()}
        queue = f"arn:aws:sqs:{REGION}:{ACCOUNT}"
        return tables | {
            "queue": f"{queue}:{self.aws.queue_url.rsplit('/', 1)[1]}",
            "dlq": f"{queue}:{self.aws.dlq_url.rsplit('/', 1)[1]}",
            "archive": f"arn:aws:s3:::{ARCHIVE_BUCKET}",
            "bus": f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/{BUS}",
            "secret": f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:{SECRET}*",
        }

    def client(self, service: str) -> Any:
        """The owner's client."""
        return boto3.session.Session(*ROOT).client(service, region_name=REGION, endpoint_url=self.aws.endpoint)  # type: ignore[call-overload]

    def allow(self, user: str, policy: Document) -> None:
        """The user, made at first, may do this and nothing else."""
        iam = self.client("iam")
        if user not in self.users:
            iam.create_user(UserName=user)
            key = iam.create_access_key(UserName=user)["AccessKey"]
            self.users[user] = (key["AccessKeyId"], key["SecretAccessKey"])
        iam.put_user_policy(UserName=user, PolicyName="role", PolicyDocument=json.dumps(policy))

    @contextmanager
    def owner(self) -> Iterator[None]:
        """Clients made within are the owner's, whoever is signed in."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("AWS_ACCESS_KEY_ID", ROOT[0])
            patch.setenv("AWS_SECRET_ACCESS_KEY", ROOT[1])
            yield

    @contextmanager
    def signed_in(self, user: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        """Clients made within are the user's."""
        with monkeypatch.context() as patch:
            key, secret = self.users[user]
            patch.setenv("AWS_ACCESS_KEY_ID", key)
            patch.setenv("AWS_SECRET_ACCESS_KEY", secret)
            yield


@contextmanager
def account(scratch: Path, patch: pytest.MonkeyPatch) -> Iterator[Account]:
    """One for as long as the block lasts. Every call of a user is noted."""
    port = emulator.free_port()
    services = {"AUTH": "true", "SERVICES": "dynamodb,sqs,s3,events,iam,sts,secretsmanager"}
    environment = emulator.environment(process_environment(), port, scratch, None) | services
    with (scratch / "emulator.log").open("ab") as log:
        process = subprocess.Popen(
            emulator.command(), env=environment, stdin=subprocess.PIPE, stdout=log, stderr=log, start_new_session=True
        )
    try:
        emulator.wait_until_ready(port, lambda: process.poll() is None)
        patch.setenv("AWS_ACCESS_KEY_ID", ROOT[0])
        patch.setenv("AWS_SECRET_ACCESS_KEY", ROOT[1])
        made = _made(emulator.endpoint(port))
        _note_calls(made, patch)
        yield made
    finally:
        emulator.stop(process)


def _made(endpoint: str) -> Account:
    names = TableNames()
    dynamodb, sqs = clients.dynamodb(endpoint, REGION, role="worker"), clients.sqs(endpoint, REGION, role="worker")
    for table in definitions(names):
        dynamodb.create_table(**create_request(table))
    queues = create_queues(sqs)
    create_bucket(clients.s3(endpoint, REGION), ARCHIVE_BUCKET, REGION)
    clients.events(endpoint, REGION).create_event_bus(Name=BUS)
    return Account(Aws(endpoint, REGION, names, queues.queue_url, queues.dlq_url, dynamodb, sqs), Calls())


def _note_calls(made: Account, patch: pytest.MonkeyPatch) -> None:
    """Note what users, not the owner, ask for, by the one way every call of boto3 takes."""
    call = botocore.client.BaseClient._make_api_call  # type: ignore[attr-defined]

    def noting(self: Any, operation: str, arguments: Any) -> Any:
        if self._request_signer._credentials.access_key == ROOT[0]:
            return call(self, operation, arguments)
        asked = [*_asked(made, self.meta.service_model.service_name, operation, arguments)]
        try:
            answer = call(self, operation, arguments)
        except ClientError as error:
            with made.calls.lock:
                made.calls.refused += _refused(error, asked)
                made.calls.used |= dict.fromkeys(asked)
            raise
        with made.calls.lock:
            made.calls.used |= dict.fromkeys(asked)
        return answer

    patch.setattr(botocore.client.BaseClient, "_make_api_call", noting)


def _refused(error: ClientError, asked: list[Grant]) -> list[tuple[Grant, str]]:
    code, message = clients.error_code(error), str(error)
    if "AccessDenied" not in code and "not authorized" not in message:
        return []
    named = DENIED.search(message)
    found = [grant for grant in asked if named is None or named[2].rstrip(".") == grant.resource]
    return [(grant, message) for grant in found or asked]


def _asked(made: Account, service: str, operation: str, arguments: Mapping[str, Any]) -> Iterator[Grant]:
    """The grants a call needs, as AWS names them."""
    prefix = {"dynamodb": f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/", "sqs": f"arn:aws:sqs:{REGION}:{ACCOUNT}:"}
    if service == "dynamodb":
        names = arguments.get("RequestItems") or [arguments["TableName"]]
        index = f"/index/{arguments['IndexName']}" if "IndexName" in arguments else ""
        for name in names:
            yield Grant(f"dynamodb:{operation}", f"{prefix['dynamodb']}{name}{index}")
    elif service == "sqs":
        queue = arguments["QueueUrl"].rsplit("/", 1)[1]
        yield Grant(f"sqs:{operation.removesuffix('Batch')}", f"{prefix['sqs']}{queue}")
    elif service == "s3":
        key = f"/{arguments['Key']}" if "Key" in arguments else ""
        action = "ListBucket" if operation.startswith("ListObjects") else operation
        yield Grant(f"s3:{action}", f"arn:aws:s3:::{arguments['Bucket']}{key}")
    elif service == "events":
        yield Grant(f"events:{operation}", made.places()["bus"])
    else:
        yield Grant(f"{service}:{operation}", made.places()["secret"])
