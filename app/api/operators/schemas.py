"""The shapes of what the operator routes answer."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class OperatorPostOut(BaseModel):
    """The post that an operator follows."""

    model_config = ConfigDict(frozen=True)

    number: int = Field(description="Number in the archive of kexue.fm.")
    section: str = Field(description="Section or equation.")
    address: str = Field(description="Where it can be read.")


class OperatorOut(BaseModel):
    """One operator of the catalogue."""

    model_config = ConfigDict(frozen=True)

    name: str = Field(description="POST the inputs to /api/v1/operators/{name}.")
    title: str
    group: str = Field(description="Operators of one post, and its page /operators/{group}.")
    source: OperatorPostOut
    formula: str = Field(description="In plain text.")
    tex: str = Field(description="The same in TeX.")
    method: str
    complexity: str
    limits: list[str] = Field(description="Limits that the schema of the inputs cannot say.")
    pitfalls: list[str]
    example: dict[str, Any] = Field(description="Inputs that can be sent as they are.")
    inputs_schema: dict[str, Any] = Field(description="JSON schema of the inputs.")
    result_schema: dict[str, Any] = Field(description="JSON schema of `result` in the answer.")


class OperatorGroupOut(BaseModel):
    """The operators of one post."""

    model_config = ConfigDict(frozen=True)

    group: str
    title: str
    post: int
    address: str
    successors: list[int] = Field(description="Posts that belong to it, by number.")
    operators: list[str] = Field(description="Names, in the order of the catalogue.")


class OperatorsOut(BaseModel):
    """The catalogue."""

    model_config = ConfigDict(frozen=True)

    time_budget_seconds: float = Field(description="Longest one call may take.")
    max_body_bytes: int = Field(description="Largest body of one call.")
    groups: list[OperatorGroupOut]
    operators: list[OperatorOut]


class OperatorAnswerOut(BaseModel):
    """What an operator gave."""

    model_config = ConfigDict(frozen=True)

    operator: str
    inputs: dict[str, Any] = Field(description="As they were used, defaults filled in.")
    method: str
    complexity: str
    source: OperatorPostOut
    warnings: list[str] = Field(description="One sentence for each pitfall that fired.")
    result: dict[str, Any] = Field(description="See `result_schema` of the catalogue.")
    took_ms: float = Field(description="Time spent calculating, milliseconds.")
