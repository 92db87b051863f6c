"""The errors our own code raises; one table in `api/errors.py` maps them to HTTP.

DashboardError
├── InvalidRequest   the caller's input is wrong: names the field
├── Unauthorized     no or wrong credentials
├── Forbidden        authentic, but not for this
├── NotFound         no such object within the caller's scope
├── Conflict         somebody else was faster and a retry did not help
├── RateLimited      too much from one caller; how long to wait
└── Unavailable      AWS did not answer as it should; try again later
"""


class DashboardError(Exception):
    """Base of every error we raise on purpose."""


class InvalidRequest(DashboardError):
    """The input is wrong: `field` says where (dotted path), the message why."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(f"{field}: {message}" if field else message)
        self.field = field
        self.reason = message


class Unauthorized(DashboardError):
    """Credentials are missing or wrong."""


class Forbidden(DashboardError):
    """The credentials are genuine but do not allow this."""


class NotFound(DashboardError):
    """There is no such object within the caller's scope."""


class Conflict(DashboardError):
    """A conditional write kept losing against others."""


class RateLimited(DashboardError):
    """One caller asks for more than his share; `retry_after` whole seconds from now he may go on."""

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Unavailable(DashboardError):
    """A dependency did not answer; the same request may succeed later."""
