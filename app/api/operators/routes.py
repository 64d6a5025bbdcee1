"""`GET /api/v1/operators` and `POST /api/v1/operators/{name}`."""

from typing import Annotated, Any

from fastapi import Depends, Path, Request, Response

from app.api.deps import make_router
from app.api.openapi import list_problems
from app.api.operators.catalogue import (
    OPERATORS,
    get_operator,
    make_group_outs,
    make_operator_out,
)
from app.api.operators.running import OperatorRunner
from app.api.operators.schemas import OperatorAnswerOut, OperatorOut, OperatorsOut
from app.domain.errors import LimitExceededError

router = make_router("operators")

_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "The inputs, see `inputs_schema` of the operator in the catalogue.",
        "content": {
            "application/json": {
                "schema": {"type": "object"},
                "examples": {
                    name: {"summary": operator.title, "value": dict(operator.example)}
                    for name, operator in OPERATORS.items()
                },
            }
        },
    }
}


def get_runner(request: Request) -> OperatorRunner:
    """The runner that `create_app` made."""
    runner = request.app.state.operator_runner
    assert isinstance(runner, OperatorRunner)  # noqa: S101 - set by create_app, typed here
    return runner


RunnerDep = Annotated[OperatorRunner, Depends(get_runner)]


# Async, as reading a body piece by piece is in this framework.
async def read_body(request: Request, runner: RunnerDep) -> bytes:
    """The body of a request, read no further than it may be long.

    Raises:
        LimitExceededError: it is longer.
    """
    limit = runner.limits.max_body_bytes
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > limit:
            raise LimitExceededError(
                f"The body is longer than {limit:,} bytes; send fewer numbers.",
                limit_name="operator_max_body_bytes",
                limit=limit,
                unit="bytes",
            )
    return bytes(body)


BodyDep = Annotated[bytes, Depends(read_body)]
NameParam = Annotated[str, Path(description="Name of the operator, as the catalogue has it.")]


@router.get(
    "/operators",
    response_model=OperatorsOut,
    summary="Catalogue of operators",
    responses=list_problems(422),
)
def list_operators(runner: RunnerDep) -> OperatorsOut:
    """Every operator with formula, cost, pitfalls, an example and the JSON schemas of both ends."""
    return OperatorsOut(
        time_budget_seconds=runner.limits.time_budget_seconds,
        max_body_bytes=runner.limits.max_body_bytes,
        groups=make_group_outs(OPERATORS.values()),
        operators=[make_operator_out(operator) for operator in OPERATORS.values()],
    )


@router.get(
    "/operators/{name}",
    response_model=OperatorOut,
    summary="One operator of the catalogue",
    responses=list_problems(404, 422),
)
def describe_operator(name: NameParam) -> OperatorOut:
    """What the catalogue says about one operator."""
    return make_operator_out(get_operator(name))


@router.post(
    "/operators/{name}",
    response_model=OperatorAnswerOut,
    summary="Run an operator",
    responses=list_problems(404, 422, 503),
    openapi_extra=_BODY,
)
def run_operator(name: NameParam, body: BodyDep, runner: RunnerDep) -> Response:
    """The result for the inputs in the body, with method, cost, source and warnings.

    The same inputs give the same answer but for `took_ms`; random operators take a seed. Numbers
    that are not finite are null.
    """
    answer = runner.answer(get_operator(name), body)
    # Written here: large matrices would be checked and copied a second time on the way out.
    return Response(answer.model_dump_json(), media_type="application/json")
