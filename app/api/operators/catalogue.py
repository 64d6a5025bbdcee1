"""Every operator there is, by name."""

import difflib
from collections.abc import Iterable
from types import MappingProxyType
from typing import Any

from app.api.operators import (
    batch_size,
    batch_size_curves,
    batch_size_sign,
    low_rank,
    low_rank_columns,
    low_rank_comparison,
    low_rank_matrices,
    low_rank_product,
    nope,
    rope,
    rope_positions,
    rope_sequences,
    softmax,
    softmax_curves,
    softmax_losses,
    softmax_sparse,
    top_k,
    top_k_curves,
    top_k_thresholds,
    vector_quantization,
    vector_quantization_fsq,
    vector_quantization_gradients,
    vector_quantization_training,
)
from app.api.operators.errors import UnknownOperatorError
from app.api.operators.operator import Operator, Post, make_post_address
from app.api.operators.schemas import OperatorGroupOut, OperatorOut, OperatorPostOut

# Each operator has a type of inputs of its own, known to itself alone.
AnyOperator = Operator[Any]

MAX_NEAR_NAMES = 3
"""Most names that are proposed for one that does not exist."""

_MODULES = (
    softmax,
    softmax_sparse,
    softmax_losses,
    softmax_curves,
    top_k,
    top_k_thresholds,
    top_k_curves,
    nope,
    rope,
    rope_positions,
    rope_sequences,
    batch_size,
    batch_size_sign,
    batch_size_curves,
    low_rank,
    low_rank_product,
    low_rank_columns,
    low_rank_comparison,
    low_rank_matrices,
    vector_quantization,
    vector_quantization_gradients,
    vector_quantization_fsq,
    vector_quantization_training,
)

OPERATORS: MappingProxyType[str, AnyOperator] = MappingProxyType(
    {operator.name: operator for module in _MODULES for operator in module.OPERATORS}
)
"""In the order of the posts and their sections."""


def get_operator(name: str) -> AnyOperator:
    """The operator of this name.

    Raises:
        UnknownOperatorError: there is none; names the nearest ones.
    """
    operator = OPERATORS.get(name)
    if operator is None:
        raise UnknownOperatorError(name, list_near_names(name))
    return operator


def list_near_names(name: str) -> list[str]:
    """Names that begin as the one asked for, then those that look like it; may be empty."""
    wanted = name[:60].lower().replace("-", "_")
    beginning = [each for each in OPERATORS if wanted and each.startswith(wanted)]
    alike = difflib.get_close_matches(wanted, OPERATORS, n=MAX_NEAR_NAMES)
    return list(dict.fromkeys([*beginning, *alike]))[:MAX_NEAR_NAMES]


def make_group_outs(operators: Iterable[AnyOperator]) -> list[OperatorGroupOut]:
    """The operators gathered by the post they follow, in the order they are given."""
    members: dict[Post, list[str]] = {}
    for operator in operators:
        members.setdefault(operator.post, []).append(operator.name)
    return [
        OperatorGroupOut(
            group=post.group,
            title=post.title,
            post=post.number,
            address=post.address,
            successors=list(post.successors),
            operators=names,
        )
        for post, names in members.items()
    ]


def make_operator_out(operator: AnyOperator) -> OperatorOut:
    """Everything said about one operator."""
    return OperatorOut(
        name=operator.name,
        title=operator.title,
        group=operator.post.group,
        source=make_source_out(operator),
        formula=operator.formula,
        tex=operator.tex,
        method=operator.method,
        complexity=operator.complexity,
        limits=list(operator.limits),
        pitfalls=list(operator.pitfalls),
        example=dict(operator.example),
        inputs_schema=operator.inputs.model_json_schema(),
        result_schema=operator.result.model_json_schema(),
    )


def make_source_out(operator: AnyOperator) -> OperatorPostOut:
    """Where the mathematics of an operator comes from."""
    number = operator.source_number
    return OperatorPostOut(
        number=number, section=operator.section, address=make_post_address(number)
    )
