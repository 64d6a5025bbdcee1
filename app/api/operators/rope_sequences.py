"""Rotary positions (posts 10352, 10040): mixed sequences, and which principles a scheme keeps."""

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from app.api.operators.fields import Numbers, Table, describe
from app.api.operators.libraries import rope
from app.api.operators.operator import Inputs, Operator, Outcome, Result, make_outcome
from app.api.operators.posts import ROPE
from app.api.operators.rope_positions import (
    TOKEN_LIMIT,
    BlockResult,
    Size,
    describe_block,
    require_tokens,
)
from app.operators.errors import OperatorDomainError

SchemeName: TypeAlias = Literal[
    "tv", "tie", "tie_equivalent", "mrope", "flat", "flat_rows", "layout"
]
SCHEMES: tuple[SchemeName, ...] = (
    "tv", "tie", "tie_equivalent", "mrope", "flat", "flat_rows", "layout"
)  # fmt: skip


class TextSegment(Inputs):
    """A run of text."""

    kind: Literal["text"]
    length: Size


class ImageSegment(Inputs):
    """An image."""

    kind: Literal["image"]
    width: Size
    height: Size


class VideoSegment(Inputs):
    """A video."""

    kind: Literal["video"]
    width: Size
    height: Size
    frames: Size


SegmentIn = Annotated[TextSegment | ImageSegment | VideoSegment, Field(discriminator="kind")]
BlockIn = Annotated[ImageSegment | VideoSegment, Field(discriminator="kind")]


class SequenceInputs(Inputs):
    """A mixed sequence and the scheme that places it."""

    segments: Annotated[list[SegmentIn], Field(min_length=1, max_length=100)]
    scheme: SchemeName = "tv"


class PrinciplesInputs(Inputs):
    """Schemes to judge, and what on."""

    schemes: Annotated[list[SchemeName], Field(min_length=1, max_length=len(SCHEMES))] = Field(
        default_factory=lambda: list(SCHEMES)
    )
    blocks: Annotated[list[BlockIn], Field(min_length=1, max_length=20)] | None = Field(
        None, description="What to measure on; null: four images of different form."
    )


class SequenceBlockOut(BlockResult):
    """A block of a sequence."""

    segment: int = describe("Index of its segment.")


class SequenceResult(Result):
    """Where every token of a sequence lies."""

    positions: Table = describe("One row for each token, in order.")
    segment: list[int] = describe("Index of the segment of each token.")
    blocks: list[SequenceBlockOut]
    next_text: Numbers


class PrincipleOut(Result):
    """What one scheme keeps."""

    scheme: SchemeName
    compatibility: bool | None = describe("Pure text is RoPE-1D, a pure image RoPE-2D.")
    equivalence: bool | None = describe("An image counts as its number of patches.")
    symmetry: bool | None = describe("The gaps on both sides are equal.")
    unit_spacing: bool | None = describe("Neighbouring patches are one apart.")
    reasons: list[str] = describe("Why one is broken, or why the scheme cannot be judged.")


class PrinciplesResult(Result):
    """What every scheme keeps."""

    schemes: list[PrincipleOut]


def _sequence(inputs: SequenceInputs) -> Outcome:
    require_tokens(sum(_count_tokens(segment) for segment in inputs.segments))
    placed = rope.sequence_positions(
        [_make_segment(segment) for segment in inputs.segments], inputs.scheme
    )
    blocks = [describe_block(block) | {"segment": index} for index, block in placed.blocks.items()]
    values = {
        "positions": placed.positions,
        "segment": placed.segment,
        "blocks": blocks,
        "next_text": placed.next_text,
    }
    return make_outcome(SequenceResult, values)


def _count_tokens(segment: TextSegment | ImageSegment | VideoSegment) -> int:
    match segment:
        case TextSegment():
            return segment.length
        case ImageSegment():
            return segment.width * segment.height
        case VideoSegment():
            return segment.width * segment.height * segment.frames


def _make_segment(segment: TextSegment | ImageSegment | VideoSegment) -> "rope.Segment":
    if isinstance(segment, TextSegment):
        return rope.Text(segment.length)
    return _make_block(segment)


def _make_block(segment: ImageSegment | VideoSegment) -> "rope.Image | rope.Video":
    if isinstance(segment, ImageSegment):
        return rope.Image(segment.width, segment.height)
    return rope.Video(segment.width, segment.height, segment.frames)


def _principles(inputs: PrinciplesInputs) -> Outcome:
    blocks = inputs.blocks
    if blocks is not None:
        require_tokens(sum(_count_tokens(block) for block in blocks))
    judged = [_judge(scheme, blocks) for scheme in dict.fromkeys(inputs.schemes)]
    return make_outcome(PrinciplesResult, {"schemes": judged})


def _judge(
    scheme: SchemeName, blocks: list[ImageSegment | VideoSegment] | None
) -> dict[str, object]:
    """What a scheme keeps; all null where it cannot place the blocks."""
    try:
        if blocks is None:
            report = rope.check_principles(scheme)
        else:
            report = rope.check_principles(scheme, [_make_block(block) for block in blocks])
    except OperatorDomainError as error:
        unknown = dict.fromkeys(("compatibility", "equivalence", "symmetry", "unit_spacing"))
        return {"scheme": scheme, "reasons": [str(error)], **unknown}
    return {
        "scheme": scheme,
        "compatibility": report.compatibility,
        "equivalence": report.equivalence,
        "symmetry": report.symmetry,
        "unit_spacing": report.unit_spacing,
        "reasons": list(report.reasons),
    }


OPERATORS = (
    Operator(
        name="sequence_positions",
        title="Positions of a mixed sequence",
        post=ROPE,
        section="general case",
        formula="text at (n, …, n), images and videos by the scheme, segment after segment",
        tex=r"(n, \ldots, n)",
        method="The scheme, segment by segment",
        complexity="O(tokens)",
        limits=(TOKEN_LIMIT, "RoPE-Tie takes no videos"),
        pitfalls=("Put text tokens between adjacent images.",),
        inputs=SequenceInputs,
        result=SequenceResult,
        compute=_sequence,
        example={
            "segments": [
                {"kind": "text", "length": 4},
                {"kind": "image", "width": 3, "height": 2},
                {"kind": "text", "length": 2},
            ],
            "scheme": "tv",
        },
    ),
    Operator(
        name="position_principles",
        title="Which principles each scheme keeps",
        post=ROPE,
        section="compatibility, equivalence, symmetry",
        formula="compatibility, equivalence, symmetry and unit spacing, measured on positions",
        tex=r"\text{compatibility},\; \text{equivalence},\; \text{symmetry}",
        method="Measured on images or videos; no verdict is stored",
        complexity="O(patches) for each scheme",
        limits=(TOKEN_LIMIT,),
        pitfalls=("A single patch keeps every principle under most schemes.",),
        inputs=PrinciplesInputs,
        result=PrinciplesResult,
        compute=_principles,
        example={},
    ),
)
