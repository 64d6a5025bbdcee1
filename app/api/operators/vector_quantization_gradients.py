"""Vector quantisation (posts 10489, 8453): gradients carried from a code to its encoding."""

from typing import Literal, TypeAlias

import numpy as np

from app.api.operators.fields import (
    Batch,
    BatchOut,
    Matrix,
    Number,
    PerRow,
    Table,
    Vector,
    describe,
)
from app.api.operators.libraries import vector_quantization as vq
from app.api.operators.limits import MAX_MATRIX_SIDE
from app.api.operators.operator import Inputs, Operator, Outcome, Result, make_outcome
from app.api.operators.posts import BATCH_LIMIT, MATRIX_LIMIT, VECTOR_QUANTIZATION
from app.api.operators.shapes import Array, as_batch
from app.operators.arrays import FloatArray
from app.operators.errors import OperatorDomainError

MapName: TypeAlias = Literal["rotation", "straight_through", "reflection"]

DIMENSION_LIMIT = f"d at most {MAX_MATRIX_SIDE} where a matrix is given"


class PairInputs(Inputs):
    """Encodings, their codes and the gradients that arrive at the codes."""

    z: Batch = describe("Encoding, or rows of them.")
    q: Batch = describe("Its code, in the form of z.")
    gradient: Batch = describe("dL/dq, in the form of z.")


class GeneralInputs(PairInputs):
    """A pair and the matrix that carries its gradient."""

    matrix: Matrix = describe("G, d × d.")


class DirectionsInputs(Inputs):
    """Two vectors of one dimension."""

    a: Batch = describe("One vector, or rows of vectors.")
    b: Batch = describe("In the form of a.")


class CompareInputs(Inputs):
    """One encoding, a codebook and the gradient that arrives at its code."""

    z: Vector = describe("One encoding.")
    codebook: Matrix = describe("E, one row for each code.")
    gradient: Vector = describe("dL/dq.")


class TransportResult(Result):
    """A gradient carried from code to encoding."""

    value: BatchOut = describe("z_q, which is q.")
    gradient: BatchOut = describe("dL/dz.")


class RotationResult(TransportResult):
    """A gradient carried by rotation and scaling."""

    cosine: PerRow = describe("cos t of z and q.")
    scale: PerRow = describe("|q|/|z|.")
    map: MapName | list[MapName]
    matrix: Table | None = describe("G, for one pair.")
    norm_ratio: PerRow = describe("|dL/dz| / |dL/dq|, which is |q|/|z|; null for a zero gradient.")
    cosine_gradients: PerRow = describe("cos of dL/dq and dL/dz.")


class MatrixResult(Result):
    """An orthogonal map of a's direction to b's."""

    matrix: Table | list[Table]
    determinant: PerRow
    trace: PerRow


class ArrowOut(Result):
    """One way to carry a gradient."""

    map: str
    gradient: list[Number] = describe("dL/dz.")
    norm_ratio: Number
    cosine: Number = describe("cos of dL/dq and dL/dz.")
    warnings: list[str]


class CompareResult(Result):
    """Every way to carry the same gradient."""

    index: int
    q: list[Number]
    cosine: Number = describe("cos t of z and q; null where one is zero.")
    scale: Number = describe("|q|/|z|.")
    arrows: list[ArrowOut]


def _ste(inputs: PairInputs) -> Outcome:
    z, q, gradient = _as_arrays(inputs)
    pair = vq.ste(z, q)
    return make_outcome(TransportResult, {"value": pair.value, "gradient": pair.vjp(gradient)})


def _ste_general(inputs: GeneralInputs) -> Outcome:
    z, q, gradient = _as_arrays(inputs)
    pair = vq.ste_general(z, q, inputs.matrix)
    return make_outcome(TransportResult, {"value": pair.value, "gradient": pair.vjp(gradient)})


def _as_arrays(inputs: PairInputs) -> tuple[Array, Array, Array]:
    return (
        as_batch(inputs.z, name="z"),
        as_batch(inputs.q, name="q"),
        as_batch(inputs.gradient, name="gradient"),
    )


def _rotation(inputs: PairInputs) -> Outcome:
    z, q, gradient = _as_arrays(inputs)
    trick = vq.rotation_trick(z, q)
    carried = trick.vjp(gradient)
    names = np.array(["rotation", "straight_through", "reflection"])
    is_shown = z.ndim == 1 and z.size <= MAX_MATRIX_SIDE
    values = {
        "value": trick.value,
        "gradient": carried,
        "cosine": trick.cosine,
        "scale": trick.scale,
        "map": names[trick.maps],
        "matrix": trick.matrix() if is_shown else None,
        "norm_ratio": _norm_ratio(carried, gradient),
        "cosine_gradients": _cosine(carried, gradient),
    }
    return make_outcome(RotationResult, values, warnings=trick.warnings)


def _norm_ratio(carried: FloatArray, gradient: FloatArray) -> FloatArray:
    length = np.linalg.norm(gradient, axis=-1)
    return np.asarray(np.linalg.norm(carried, axis=-1) / np.where(length > 0, length, np.nan))


def _cosine(a: FloatArray, b: FloatArray) -> FloatArray:
    lengths = np.linalg.norm(a, axis=-1) * np.linalg.norm(b, axis=-1)
    product = np.einsum("...i,...i->...", a, b)
    return np.asarray(np.clip(product / np.where(lengths > 0, lengths, np.nan), -1.0, 1.0))


def _rotation_matrix(inputs: DirectionsInputs) -> Outcome:
    return _finish_map(vq.rotation_matrix(*_as_directions(inputs)))


def _householder(inputs: DirectionsInputs) -> Outcome:
    return _finish_map(vq.householder(*_as_directions(inputs)))


def _symmetric(inputs: DirectionsInputs) -> Outcome:
    return _finish_map(vq.symmetric_orth(*_as_directions(inputs)))


def _as_directions(inputs: DirectionsInputs) -> tuple[Array, Array]:
    a, b = as_batch(inputs.a, name="a"), as_batch(inputs.b, name="b")
    if a.size * a.shape[-1] > MAX_MATRIX_SIDE**2:
        raise OperatorDomainError(
            f"The matrices hold {a.size * a.shape[-1]:,} numbers together; "
            f"at most {MAX_MATRIX_SIDE**2:,} are given."
        )
    return a, b


def _finish_map(found: "vq.OrthogonalMap") -> Outcome:
    values = {
        "matrix": found.matrix,
        "determinant": np.linalg.det(found.matrix),
        "trace": np.trace(found.matrix, axis1=-2, axis2=-1),
    }
    return make_outcome(MatrixResult, values, warnings=found.warnings)


def _compare(inputs: CompareInputs) -> Outcome:
    z = as_batch(inputs.z, name="z")
    gradient = as_batch(inputs.gradient, name="gradient")
    found = vq.vq_nearest(z, inputs.codebook)
    q = np.asarray(found.codes)
    trick = vq.rotation_trick(z, q)
    arrows = [_arrow("straight_through", vq.ste(z, q).vjp(gradient), gradient, ())]
    arrows.append(_arrow("rotation", trick.vjp(gradient), gradient, trick.warnings))
    if z.any() and q.any():
        scale = float(trick.scale)
        for name, orthogonal in (
            ("reflection", vq.householder(z, q)),
            ("symmetric", vq.symmetric_orth(z, q)),
        ):
            pair = vq.ste_general(z, q, scale * orthogonal.matrix)
            arrows.append(_arrow(name, pair.vjp(gradient), gradient, orthogonal.warnings))
    values = {
        "index": int(found.indices),
        "q": q,
        "cosine": trick.cosine if z.any() and q.any() else None,
        "scale": trick.scale,
        "arrows": arrows,
    }
    return make_outcome(CompareResult, values, warnings=trick.warnings)


def _arrow(
    name: str, carried: FloatArray, gradient: Array, warnings: tuple[str, ...]
) -> dict[str, object]:
    has_length = bool(gradient.any())
    return {
        "map": name,
        "gradient": carried,
        "norm_ratio": _norm_ratio(carried, gradient) if has_length else None,
        "cosine": _cosine(carried, gradient) if has_length and carried.any() else None,
        "warnings": list(warnings),
    }


_PAIR = {"z": [3.0, 4.0], "q": [0.0, 2.0], "gradient": [1.0, 0.0]}
_DIRECTIONS = {"a": [1.0, 2.0, 3.0, 4.0, 5.0], "b": [9.0, 8.0, 7.0, 6.0, 5.0]}

OPERATORS = (
    Operator(
        name="straight_through",
        title="Straight-through estimator",
        post=VECTOR_QUANTIZATION,
        section="STE; arXiv:1308.3432",
        formula="z_q = z + sg[q - z]: value q, ∂L/∂z = ∂L/∂q",
        tex=r"z_q = z + \operatorname{sg}[q - z]",
        method="Value and vector–Jacobian product as a pair",
        complexity="O(d)",
        limits=(BATCH_LIMIT,),
        pitfalls=("All z of one cell get the same gradient.",),
        inputs=PairInputs,
        result=TransportResult,
        compute=_ste,
        example=_PAIR,
    ),
    Operator(
        name="straight_through_general",
        title="Straight through a matrix G",
        post=VECTOR_QUANTIZATION,
        section="general STE",
        formula="z_q = sg[G] z + sg[q - G z]: value q, ∂L/∂z = Gᵀ ∂L/∂q",
        tex=r"z_q = \operatorname{sg}[G]\, z + \operatorname{sg}[q - G z]",
        method="Value and vector–Jacobian product as a pair",
        complexity="O(d²)",
        limits=(BATCH_LIMIT, MATRIX_LIMIT),
        pitfalls=("Gradients are columns: Gᵀ acts from the left.",),
        inputs=GeneralInputs,
        result=TransportResult,
        compute=_ste_general,
        example=_PAIR | {"matrix": [[0.0, 1.0], [-1.0, 0.0]]},
    ),
    Operator(
        name="rotation_trick",
        title="Rotation trick",
        post=VECTOR_QUANTIZATION,
        section="rotation trick; arXiv:2410.06424",
        formula="G = (|q|/|z|)(I + 2 q̂ẑᵀ - 2 s sᵀ), s = (q̂ + ẑ)/|q̂ + ẑ|, ∂L/∂z = Gᵀ ∂L/∂q",
        tex=(
            r"G = \frac{\lVert q \rVert}{\lVert z \rVert}"
            r"\left(I + 2 \hat q \hat z^\top - 2 s s^\top\right)"
        ),
        method="Right to left in O(d); the matrix is formed for looking at only",
        complexity="O(d)",
        limits=(BATCH_LIMIT, DIMENSION_LIMIT),
        pitfalls=(
            "|q| far below |z| shrinks the gradient by that factor, a cause of collapse.",
            "Opposite z and q have no unique rotation: reflected instead, and told.",
            "z = 0 or q = 0 has no direction: straight through.",
        ),
        inputs=PairInputs,
        result=RotationResult,
        compute=_rotation,
        example=_PAIR,
    ),
    Operator(
        name="rotation_matrix",
        title="Rotation of one direction to another",
        post=VECTOR_QUANTIZATION,
        section="rotation trick",
        formula="R = I + 2 b̂âᵀ - (b̂ + â)(b̂ + â)ᵀ/(1 + cos t), R â = b̂",
        tex=r"R = I + 2 \hat b \hat a^\top - \frac{(\hat a + \hat b)(\hat a + \hat b)^\top}"
        r"{1 + \cos t}",
        method="Closed form",
        complexity="O(d²)",
        limits=(DIMENSION_LIMIT,),
        pitfalls=("Depends on the origin: moving a and b together changes it.",),
        inputs=DirectionsInputs,
        result=MatrixResult,
        compute=_rotation_matrix,
        example=_DIRECTIONS,
    ),
    Operator(
        name="householder",
        title="Reflection of one direction to another",
        post=VECTOR_QUANTIZATION,
        section="vector-to-vector orthogonal matrices",
        source_post=8453,
        formula="I - (â - b̂)(â - b̂)ᵀ/(1 - cos t)",
        tex=r"I - \frac{(\hat a - \hat b)(\hat a - \hat b)^\top}{1 - \cos t}",
        method="Closed form",
        complexity="O(d²)",
        limits=(DIMENSION_LIMIT,),
        pitfalls=("One direction: nothing to reflect, the identity.",),
        inputs=DirectionsInputs,
        result=MatrixResult,
        compute=_householder,
        example=_DIRECTIONS,
    ),
    Operator(
        name="symmetric_orth",
        title="Symmetric map of one direction to another",
        post=VECTOR_QUANTIZATION,
        section="vector-to-vector orthogonal matrices",
        source_post=8453,
        formula="(â + b̂)(â + b̂)ᵀ/(1 + cos t) - I",
        tex=r"\frac{(\hat a + \hat b)(\hat a + \hat b)^\top}{1 + \cos t} - I",
        method="Closed form",
        complexity="O(d²)",
        limits=(DIMENSION_LIMIT,),
        pitfalls=("Its determinant is (-1)^(d-1).",),
        inputs=DirectionsInputs,
        result=MatrixResult,
        compute=_symmetric,
        example=_DIRECTIONS,
    ),
    Operator(
        name="gradient_transport",
        title="One gradient, carried every way",
        post=VECTOR_QUANTIZATION,
        section="the whole post",
        formula="∂L/∂z = ∂L/∂q, or (|q|/|z|) Tᵀ ∂L/∂q for rotation, reflection, symmetric map",
        tex=r"\nabla_z \mathcal{L} = G^\top \nabla_q \mathcal{L}",
        method="Nearest code, then each map",
        complexity="O(K d + d²)",
        limits=(MATRIX_LIMIT,),
        pitfalls=("The angle of the gradients is that of z and q only inside span(z, q).",),
        inputs=CompareInputs,
        result=CompareResult,
        compute=_compare,
        example={
            "z": [0.8, 0.3],
            "codebook": [[0.0, 0.0], [1.0, 0.0], [0.0, 2.0]],
            "gradient": [0.0, 1.0],
        },
    ),
)
