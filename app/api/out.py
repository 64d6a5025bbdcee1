"""The base of all answers of the REST interface."""

from pydantic import BaseModel, ConfigDict


class Out(BaseModel):
    """Base of all answers: made from keyword arguments, never changed."""

    model_config = ConfigDict(frozen=True, extra="forbid")
