"""Whether the demo's past is in, and whether its import was cut short."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from data.tables import TableNames

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient


class Plan(Enum):
    """What to do about the demo."""

    EMPTY = "Starting without the demo …"
    OTHER = "The data here began without the demo and stays so (`make clean` forgets it)."
    GAP = "Filling the time since the last run …"
    IMPORT = "Importing the demo's past …"

    @property
    def sentence(self) -> str:
        """The plan in words."""
        return self.value

    @property
    def is_demo(self) -> bool:
        """Whether the demo has a past here, and shall have a present."""
        return self in (Plan.GAP, Plan.IMPORT)


MARK = {"pk": {"S": "DEMO"}, "sk": {"S": "MARK"}}


class Past:
    """What the tables and the data directory say about the demo's past."""

    def __init__(self, dynamodb: "DynamoDBClient", names: TableNames, data_dir: Path) -> None:
        self._dynamodb = dynamodb
        self._names = names
        self._importing = data_dir / "importing"

    def was_interrupted(self) -> bool:
        """An import began into empty tables and never ended: what it left is not worth keeping."""
        return self._importing.exists()

    def plan(self, demo: bool) -> Plan:
        """Decide by what is there: the demo's mark, somebody's own data, or nothing."""
        if not demo:
            return Plan.EMPTY
        answer = self._dynamodb.get_item(TableName=self._names.events, Key=MARK, ConsistentRead=True)
        if "Item" in answer:
            return Plan.GAP
        if self._dynamodb.scan(TableName=self._names.attempts, Limit=1).get("Items"):
            return Plan.OTHER
        return Plan.IMPORT

    @contextmanager
    def being_imported(self) -> Iterator[None]:
        """Remembers on disk that an import is under way; forgets it only after success."""
        self._importing.touch()
        yield
        self._importing.unlink()
