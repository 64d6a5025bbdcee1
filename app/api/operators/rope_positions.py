"""Rotary positions (posts 10352, 10040): one image or video after text, scheme by scheme."""

from typing import Annotated, Literal

from pydantic import Field

from app.api.operators.fields import Numbers, Table, describe
from app.api.operators.libraries import rope
from app.api.operators.limits import MAX_TOKENS, require_at_most
from app.api.operators.operator import Inputs, Operator, Outcome, Result, make_outcome
from app.api.operators.posts import ROPE

TOKEN_LIMIT = f"at most {MAX_TOKENS:,} tokens and patches"

Size = Annotated[int, Field(ge=1, le=MAX_TOKENS)]


class ImageBlockInputs(Inputs):
    """An image after a run of text."""

    text_end: Annotated[int, Field(ge=0, le=MAX_TOKENS)] = Field(
        4, description="L, position of the last token of text before; 0: none."
    )
    width: Size = Field(3, description="w, columns.")
    height: Size = Field(2, description="h, rows.")


class TvInputs(ImageBlockInputs):
    """Inputs of RoPE-TV."""

    tokens_per_patch: Annotated[float, Field(gt=0, le=100)] = Field(
        1.0, description="Tokens of text that one patch counts as."
    )


class TvVideoInputs(TvInputs):
    """Inputs of RoPE-TV for video."""

    frames: Size = Field(4, description="t.")


class TieInputs(ImageBlockInputs):
    """Inputs of RoPE-Tie."""

    variant: Literal["integer", "equivalent"] = "integer"


class VideoBlockInputs(ImageBlockInputs):
    """A video, or an image for one frame."""

    frames: Size = Field(1, description="t; 1 is an image.")


class FlatInputs(VideoBlockInputs):
    """Inputs of the flat scheme."""

    row_separators: bool = Field(False, description="Count a separator after each row.")


class BlockResult(Result):
    """Where the patches of one image or video lie."""

    positions: Table = describe("One row for each patch, in token order.")
    left_text: Numbers = describe("Last token of text before.")
    first_patch: Numbers
    last_patch: Numbers
    next_text: Numbers = describe("First token of text after.")
    gap_before: Numbers
    gap_after: Numbers


def _tv(inputs: TvInputs) -> Outcome:
    require_tokens(inputs.width * inputs.height)
    block = rope.rope_tv_positions(
        inputs.text_end,
        inputs.width,
        inputs.height,
        tokens_per_patch=inputs.tokens_per_patch,
    )
    return make_outcome(BlockResult, describe_block(block))


def _tv_video(inputs: TvVideoInputs) -> Outcome:
    require_tokens(inputs.width * inputs.height * inputs.frames)
    block = rope.rope_tv_video_positions(
        inputs.text_end,
        inputs.width,
        inputs.height,
        inputs.frames,
        tokens_per_patch=inputs.tokens_per_patch,
    )
    return make_outcome(BlockResult, describe_block(block))


def _tie(inputs: TieInputs) -> Outcome:
    require_tokens(inputs.width * inputs.height)
    block = rope.rope_tie_positions(
        inputs.text_end, inputs.width, inputs.height, variant=inputs.variant
    )
    return make_outcome(BlockResult, describe_block(block))


def _mrope(inputs: VideoBlockInputs) -> Outcome:
    require_tokens(inputs.width * inputs.height * inputs.frames)
    block = rope.mrope_positions(inputs.text_end, inputs.width, inputs.height, inputs.frames)
    return make_outcome(BlockResult, describe_block(block))


def _flat(inputs: FlatInputs) -> Outcome:
    require_tokens(inputs.width * inputs.height * inputs.frames)
    block = rope.flat_positions(
        inputs.text_end,
        inputs.width,
        inputs.height,
        inputs.frames,
        row_separators=inputs.row_separators,
    )
    return make_outcome(BlockResult, describe_block(block))


def _layout(inputs: ImageBlockInputs) -> Outcome:
    require_tokens(inputs.width * inputs.height)
    block = rope.layout_positions(inputs.text_end, inputs.width, inputs.height)
    return make_outcome(BlockResult, describe_block(block))


def require_tokens(tokens: int) -> None:
    """Refuse more tokens and patches than one call may have.

    Raises:
        OperatorDomainError: names the limit.
    """
    require_at_most(tokens, MAX_TOKENS, "Tokens and patches")


def describe_block(block: "rope.BlockPositions") -> dict[str, object]:
    """The values that the results of all schemes share."""
    return {
        "positions": block.positions,
        "left_text": block.left_text,
        "first_patch": block.first_patch,
        "last_patch": block.last_patch,
        "next_text": block.next_text,
        "gap_before": block.gap_before,
        "gap_after": block.gap_after,
    }


_IMAGE = {"text_end": 4, "width": 3, "height": 2}

OPERATORS = (
    Operator(
        name="rope_tv_positions",
        title="RoPE-TV (RoPE-Tie-v2) for an image",
        post=ROPE,
        section="RoPE-TV",
        formula="(b₁ + i, b₂ + j), b₁ = L + (wh - h)/2, b₂ = L + (wh - w)/2, next text L + wh + 1",
        tex=r"b_1 = L + \tfrac12(wh - h),\; b_2 = L + \tfrac12(wh - w),\; K = L + wh + 1",
        method="Closed form",
        complexity="O(wh)",
        limits=(TOKEN_LIMIT,),
        pitfalls=(
            "Half-integer positions are normal.",
            "w counts columns, h rows; coordinates are (row, column).",
        ),
        inputs=TvInputs,
        result=BlockResult,
        compute=_tv,
        example=_IMAGE,
    ),
    Operator(
        name="rope_tv_video_positions",
        title="RoPE-TV for a video",
        post=ROPE,
        section="RoPE-TV, video",
        formula="b₃ = L + (wht - t)/2 beside b₁, b₂ with wht in place of wh; next L + wht + 1",
        tex=r"b_3 = L + \tfrac12(wht - t),\; K = L + wht + 1",
        method="Closed form",
        complexity="O(wht)",
        limits=(TOKEN_LIMIT,),
        pitfalls=("t must be known in advance, so a video cannot be continued without limit.",),
        inputs=TvVideoInputs,
        result=BlockResult,
        compute=_tv_video,
        example={"text_end": 2, "width": 3, "height": 2, "frames": 4},
    ),
    Operator(
        name="rope_tie_positions",
        title="RoPE-Tie for an image",
        post=ROPE,
        section="RoPE-Tie",
        source_post=10040,
        formula="(L + i s, L + j t), s = w + 1, t = h + 1, next text L + (w + 1)(h + 1)",
        tex=r"(L + i s, L + j t),\; (h + 1) s = (w + 1) t",
        method="Closed form",
        complexity="O(wh)",
        limits=(TOKEN_LIMIT,),
        pitfalls=(
            "The spacing of patches depends on the image's size.",
            "The integer variant counts the image as (w + 1)(h + 1) - 1 tokens.",
        ),
        inputs=TieInputs,
        result=BlockResult,
        compute=_tie,
        example=_IMAGE,
    ),
    Operator(
        name="mrope_positions",
        title="M-RoPE (Qwen2-VL)",
        post=ROPE,
        section="comparison with M-RoPE",
        formula="L + (i, j, f), next text L + max(w, h, t) + 1",
        tex=r"K = L + \max(w, h, t) + 1",
        method="Closed form",
        complexity="O(wht)",
        limits=(TOKEN_LIMIT,),
        pitfalls=("n³ tokens are squeezed into a distance of n; the gaps differ.",),
        inputs=VideoBlockInputs,
        result=BlockResult,
        compute=_mrope,
        example=_IMAGE | {"frames": 4},
    ),
    Operator(
        name="flat_positions",
        title="Patches counted through as text",
        post=ROPE,
        section="other options",
        formula="L + 1, L + 2, … in reading order, optionally one more after each row",
        tex=r"L + 1, \ldots, L + wh",
        method="Closed form",
        complexity="O(wht)",
        limits=(TOKEN_LIMIT,),
        pitfalls=("Vertical neighbours are w apart.",),
        inputs=FlatInputs,
        result=BlockResult,
        compute=_flat,
        example=_IMAGE,
    ),
    Operator(
        name="layout_positions",
        title="Positions on a page",
        post=ROPE,
        section="other options",
        formula="text on one line, the image on the h lines below, next text on the line after",
        tex=r"(1, 1), \ldots, (1, L);\; (1 + i, j)",
        method="Closed form",
        complexity="O(wh)",
        limits=(TOKEN_LIMIT,),
        pitfalls=("Pure text does not reduce to one dimension.",),
        inputs=ImageBlockInputs,
        result=BlockResult,
        compute=_layout,
        example=_IMAGE,
    ),
)
