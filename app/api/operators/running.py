"""One call of an operator: its body read strictly, its time bounded, its answer made."""

import importlib
import json
import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import NoReturn

import numpy as np
from pydantic import ValidationError

from app.api.operators.catalogue import AnyOperator, make_source_out
from app.api.operators.errors import OperatorInputError, OperatorsBusyError, TimeBudgetError
from app.api.operators.fields import ROWS_TAG, VECTOR_TAG
from app.api.operators.operator import Inputs, Outcome
from app.api.operators.schemas import OperatorAnswerOut
from app.operators.errors import OperatorDomainError

MAX_QUOTED_CHARS = 120
"""Longest piece of a request that an error repeats, characters."""

# Names of alternatives, which pydantic puts into the path of an error beside the fields.
_ALTERNATIVES = frozenset({VECTOR_TAG, ROWS_TAG, "given", "recipe", "text", "image", "video"})

_OUT_OF_RANGE = (
    "The calculation leaves the range of floating-point numbers; use numbers nearer to 1."
)


@dataclass(frozen=True, slots=True)
class OperatorLimits:
    """What one call may cost."""

    time_budget_seconds: float
    max_body_bytes: int
    workers: int
    """Calculations at the same time."""


class OperatorRunner:
    """Runs operators on threads of its own, so that none holds a web worker beyond its budget.

    A thread cannot be stopped: a calculation that passes the budget is answered for and ends on
    its own, soon, since the sizes of all inputs are limited. Meanwhile it takes one of the few
    threads of this runner and none of the web server's.
    """

    def __init__(self, limits: OperatorLimits) -> None:
        self.limits = limits
        self._pool = ThreadPoolExecutor(limits.workers, thread_name_prefix="operator")

    def close(self) -> None:
        """Take no more calls."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def answer(self, operator: AnyOperator, body: bytes) -> OperatorAnswerOut:
        """The answer to one call.

        Raises:
            OperatorInputError: the body is not JSON, or not the inputs of this operator, or they
                lie outside its domain.
            TimeBudgetError: the calculation takes too long.
            OperatorsBusyError: no thread became free.
        """
        inputs = parse_inputs(operator, body)
        # Outside the budget: the first call of a group waits for scipy.
        importlib.import_module(f"app.operators.{operator.post.library}")
        outcome, took_ms = self._run(operator, inputs)
        return OperatorAnswerOut(
            operator=operator.name,
            inputs=inputs.model_dump(),
            method=outcome.method or operator.method,
            complexity=operator.complexity,
            source=make_source_out(operator),
            warnings=list(outcome.warnings),
            result=outcome.result.model_dump(),
            took_ms=round(took_ms, 3),
        )

    def _run(self, operator: AnyOperator, inputs: Inputs) -> tuple[Outcome, float]:
        budget = self.limits.time_budget_seconds
        future: Future[tuple[Outcome, float]] = self._pool.submit(_compute, operator, inputs)
        try:
            return future.result(timeout=budget)
        except TimeoutError:
            if future.cancel():
                raise OperatorsBusyError(budget) from None
            raise TimeBudgetError(budget) from None


def _compute(operator: AnyOperator, inputs: Inputs) -> tuple[Outcome, float]:
    started = time.perf_counter()
    try:
        # Overflow shows as a number that is not finite, which the outcome tells.
        with np.errstate(all="ignore"):
            outcome = operator.compute(inputs)
    except OperatorDomainError as error:
        raise OperatorInputError(str(error)) from error
    except (ArithmeticError, np.linalg.LinAlgError) as error:
        raise OperatorInputError(_OUT_OF_RANGE) from error
    return outcome, (time.perf_counter() - started) * 1_000


def parse_inputs(operator: AnyOperator, body: bytes) -> Inputs:
    """The inputs of an operator from the body of a request.

    Raises:
        OperatorInputError: the body is not JSON, or not the inputs of this operator.
    """
    try:
        values = json.loads(
            body, parse_constant=_refuse_constant, object_pairs_hook=_refuse_repeated
        )
    except (ValueError, RecursionError) as error:
        raise OperatorInputError(
            f"The body is not JSON that can be read ({_quote(str(error))}); send the inputs as "
            "one JSON object."
        ) from error
    if not isinstance(values, dict):
        raise OperatorInputError("The body must be a JSON object with the inputs by name.")
    try:
        inputs: Inputs = operator.inputs.model_validate(values)
    except ValidationError as error:
        raise _make_input_error(operator, error) from error
    return inputs


def _make_input_error(operator: AnyOperator, error: ValidationError) -> OperatorInputError:
    """The first thing wrong, in one sentence."""
    first = error.errors(include_url=False)[0]
    path = _write_path(first["loc"])
    accepted = ", ".join(operator.inputs.model_fields)
    if first["type"] == "missing":
        message = f'The input "{path}" is missing; {operator.name} takes {accepted}.'
    elif first["type"] == "extra_forbidden":
        message = f'The input "{path}" is not known; {operator.name} takes {accepted}.'
    else:
        reason = str(first["msg"]).removeprefix("Value error, ").rstrip(".")
        subject = f'The input "{path}"' if path else "The inputs"
        message = f"{subject} cannot be used: {_quote(reason[:1].lower() + reason[1:])}."
    return OperatorInputError(message, parameter=path)


def _write_path(location: tuple[int | str, ...]) -> str:
    path = ""
    for index, part in enumerate(location):
        if isinstance(part, int):
            path += f"[{part}]"
        elif index == 0 or part not in _ALTERNATIVES:
            path += f".{part}" if path else part
    return _quote(path)


def _quote(text: str) -> str:
    """A piece of the request as it may be repeated: short, and always text that UTF-8 can hold."""
    short = text if len(text) <= MAX_QUOTED_CHARS else text[:MAX_QUOTED_CHARS] + "…"
    return short.encode("utf-8", "replace").decode("utf-8")


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number: give finite numbers only")


def _refuse_repeated(pairs: list[tuple[str, object]]) -> dict[str, object]:
    values = dict(pairs)
    if len(values) < len(pairs):
        raise ValueError("a name is given twice in one object")
    return values
