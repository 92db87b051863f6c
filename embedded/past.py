"""Whether the demo's past is in, and whether its import was cut short."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from data.tables import TableNames

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

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

    def is_there(self) -> bool:
        """The demo has left its mark."""
        answer = self._dynamodb.get_item(TableName=self._names.events, Key=MARK, ConsistentRead=True)
        return "Item" in answer

    def is_other_data(self) -> bool:
        """Attempts without a demo: somebody's own."""
        return bool(self._dynamodb.scan(TableName=self._names.attempts, Limit=1).get("Items"))

    @contextmanager
    def being_imported(self) -> Iterator[None]:
        """Remembers on disk that an import is under way; forgets it only after success."""
        self._importing.touch()
        yield
        self._importing.unlink()
