"""gunicorn's own words as JSON lines, like all others; requests have theirs from the edge, not from gunicorn."""

from typing import Any

from gunicorn.glogging import Logger

import logs


class JsonLogger(Logger):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn's logger in our form."""

    def setup(self, cfg: Any) -> None:
        """Called by gunicorn, and again when it reopens its logs."""
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(logs.JsonFormatter())
