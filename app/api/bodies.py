"""What bodies of requests are made of."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict


class In(BaseModel):
    """Base of all bodies: fields that do not exist are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def _refuse_half_characters(text: str) -> str:
    # JSON can write one half of a surrogate pair, which no other encoding can.
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise ValueError("it holds half a character (a lone surrogate)") from error
    return text


Text = Annotated[str, AfterValidator(_refuse_half_characters)]
"""Text that can be written as UTF-8."""
