"""What an operator of the catalogue is: inputs, a calculation, and what is said about them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict

from app.api.operators.plain import make_plain

NOT_FINITE_WARNING = (
    "Some numbers of the result are not finite or pass the largest float; they are given as null."
)


class Inputs(BaseModel):
    """Base of all inputs: exact types, finite numbers, nothing that is not asked for.

    Built at first use, as results are: all of them at once would delay the start of the service.
    """

    model_config = ConfigDict(
        strict=True, extra="forbid", frozen=True, allow_inf_nan=False, defer_build=True
    )


class Result(BaseModel):
    """Base of all results and their parts; numbers that are not finite are null."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


InputsT = TypeVar("InputsT", bound=Inputs)


@dataclass(frozen=True, slots=True)
class Post:
    """A post whose mathematics a group of operators follows."""

    number: int
    title: str
    group: str
    """Name of the group of operators, and of its page."""
    library: str
    """Module of `app.operators`."""
    successors: tuple[int, ...] = ()
    """Posts that belong to it, by number."""

    @property
    def address(self) -> str:
        """Where the post can be read."""
        return make_post_address(self.number)


def make_post_address(number: int) -> str:
    """Where the post of this number can be read."""
    return f"https://kexue.fm/archives/{number}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a calculation gave."""

    result: Result
    warnings: tuple[str, ...] = ()
    """One sentence for each pitfall that fired."""
    method: str = ""
    """Which way was taken, where the operator has more than one; empty: its only one."""


@dataclass(frozen=True, slots=True)
class Operator(Generic[InputsT]):
    """One operator: what is said about it in the catalogue, and the calculation itself.

    `compute` is a pure function of the inputs; random ones take their seed from there.
    """

    name: str
    title: str
    post: Post
    section: str
    """Where in which post, or which equation, where that is not the group's own post."""
    formula: str
    """The formula in plain text."""
    tex: str
    """The same in TeX."""
    method: str
    complexity: str
    inputs: type[InputsT]
    result: type[Result]
    compute: Callable[[InputsT], Outcome]
    example: Mapping[str, object]
    """Inputs that can be sent as they are."""
    limits: tuple[str, ...] = ()
    """Limits that the schema of the inputs cannot say."""
    pitfalls: tuple[str, ...] = ()
    source_post: int | None = None
    """Number of the post, where it is one of the group's successors."""

    @property
    def source_number(self) -> int:
        """Number of the post that this operator follows."""
        return self.post.number if self.source_post is None else self.source_post


def make_outcome(
    result: type[Result],
    values: Mapping[str, object],
    *,
    warnings: tuple[str, ...] = (),
    method: str = "",
) -> Outcome:
    """An outcome from arrays and numbers; numbers that are not finite become null and are told."""
    plain, has_nulls = make_plain(dict(values))
    said = (*warnings, NOT_FINITE_WARNING) if has_nulls else warnings
    return Outcome(result.model_validate(plain), tuple(dict.fromkeys(said)), method)
