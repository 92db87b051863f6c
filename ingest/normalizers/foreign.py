"""How a foreign body is typed: what a normaliser needs is required and named, the rest may be anything. Pure."""

from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError, ValidatorFunctionWrapHandler, WrapValidator

T = TypeVar("T")


class Foreign(BaseModel):
    """Base of the part of a sender's body that we read, by the sender's names; the rest of it is not looked at."""

    model_config = ConfigDict(strict=True, frozen=True, extra="ignore")


def _or_none(value: Any, read: ValidatorFunctionWrapHandler) -> Any:
    try:
        return read(value)
    except ValidationError:
        return None


# What is only of use where it is sent as expected: anything else counts as not said.
Maybe = Annotated[T | None, WrapValidator(_or_none)]
