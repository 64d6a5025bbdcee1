"""Positions of a whole sequence of text, images and videos, under any scheme (post 10352)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from app.operators.arrays import Float64Array, IntArray, as_count
from app.operators.errors import OperatorDomainError
from app.operators.rope.positions import (
    BlockPositions,
    flat_positions,
    layout_block,
    mrope_positions,
    rope_tie_positions,
    rope_tv_positions,
    rope_tv_video_positions,
)

SchemeName: TypeAlias = Literal[
    "tv", "tie", "tie_equivalent", "mrope", "flat", "flat_rows", "layout"
]

# Coordinates of each scheme; RoPE-TV takes a third as soon as a video is in the sequence.
SCHEME_AXES: Mapping[SchemeName, int] = {
    "tv": 2,
    "tie": 2,
    "tie_equivalent": 2,
    "mrope": 3,
    "flat": 1,
    "flat_rows": 1,
    "layout": 2,
}


@dataclass(frozen=True, slots=True)
class Text:
    """A run of `length` tokens of text."""

    length: int


@dataclass(frozen=True, slots=True)
class Image:
    """An image of `width` columns and `height` rows of patches."""

    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Video:
    """A video of `frames` images."""

    width: int
    height: int
    frames: int


Segment: TypeAlias = Text | Image | Video


@dataclass(frozen=True, slots=True, eq=False)
class SequencePositions:
    """Positions of every token of a sequence.

    Attributes:
        positions: Shape (tokens, a), in token order.
        segment: Shape (tokens,), the index of the segment that each token belongs to.
        blocks: For each image or video, by the index of its segment: its positions and its gaps.
            A neighbour that is not text counts as the text that would stand there.
        next_text: Where a further token of text would lie, shape (a,).
    """

    positions: Float64Array
    segment: IntArray
    blocks: dict[int, BlockPositions]
    next_text: Float64Array


def frames_as_images(video: Video) -> tuple[Image, ...]:
    """Return a video as separate images, one for each frame.

    The author's alternative for videos of unknown length. It loses the alignment across frames:
    a patch is no longer as near to its successor in time as to its neighbour in space.

    >>> frames_as_images(Video(3, 2, frames=2))
    (Image(width=3, height=2), Image(width=3, height=2))
    """
    return (Image(video.width, video.height),) * as_count(video.frames, name="frames", low=1)


def sequence_positions(segments: Sequence[Segment], scheme: SchemeName = "tv") -> SequencePositions:
    """Return positions of a mixed sequence; text lies on the diagonal (n, ..., n), but for layout.

    Identity: for every scheme but "layout", positions of text strictly increase.

    Args:
        segments: Text, Image and Video in order; at least one.
        scheme: "tv" (RoPE-TV), "tie" and "tie_equivalent" (RoPE-Tie), "mrope" (M-RoPE), "flat",
            "flat_rows" (a separator after each row) or "layout".

    Returns:
        Positions with 1, 2 or 3 coordinates: see `SCHEME_AXES`; "tv" has 3 if there is a video.

    Raises:
        OperatorDomainError: If there is no segment, a size is below 1, the scheme is unknown, or a
            video meets RoPE-Tie, which is defined for images only.

    Cost: O(tokens).

    >>> sequence_positions([Text(1), Image(1, 1), Text(1)]).positions[:, 0]
    array([1., 2., 3.])
    """
    if scheme not in SCHEME_AXES:
        raise OperatorDomainError(f"scheme must be one of {', '.join(SCHEME_AXES)}, not {scheme}.")
    if not segments:
        raise OperatorDomainError("segments is empty; give at least one text, image or video.")
    has_video = any(isinstance(segment, Video) for segment in segments)
    axes = 3 if scheme == "tv" and has_video else SCHEME_AXES[scheme]
    cursor = np.zeros(axes)
    parts: list[Float64Array] = []
    blocks: dict[int, BlockPositions] = {}
    for index, segment in enumerate(segments):
        if isinstance(segment, Text):
            parts.append(_text(segment, scheme, cursor))
            cursor = parts[-1][-1]
        else:
            blocks[index] = _place(segment, scheme, cursor, axes)
            parts.append(blocks[index].positions)
            cursor = _before(blocks[index].next_text, scheme)
    lengths = [part.shape[0] for part in parts]
    return SequencePositions(
        positions=np.concatenate(parts),
        segment=np.repeat(np.arange(len(parts)), lengths),
        blocks=blocks,
        next_text=_text(Text(1), scheme, cursor)[0],
    )


def _text(segment: Text, scheme: SchemeName, cursor: Float64Array) -> Float64Array:
    length = as_count(segment.length, name="The length of a text", low=1)
    steps = np.arange(1.0, length + 1.0)
    if scheme == "layout":
        return np.stack([np.full(length, cursor[0] + 1.0), steps], axis=-1)
    return np.repeat(cursor[0] + steps[:, None], cursor.size, axis=-1)


def _before(next_text: Float64Array, scheme: SchemeName) -> Float64Array:
    """Return the position of the token of text that `next_text` would follow."""
    if scheme == "layout":
        return np.array([next_text[0] - 1.0, 0.0])
    return next_text - 1.0


def _place(
    segment: Image | Video, scheme: SchemeName, cursor: Float64Array, axes: int
) -> BlockPositions:
    w, h = segment.width, segment.height
    t = segment.frames if isinstance(segment, Video) else 1
    end = float(cursor[0])
    if scheme == "layout":
        return layout_block(end, float(cursor[1]), w, h, t)
    if scheme == "mrope":
        return mrope_positions(end, w, h, t)
    if scheme in ("flat", "flat_rows"):
        return flat_positions(end, w, h, t, row_separators=scheme == "flat_rows")
    if scheme == "tv":
        return rope_tv_video_positions(end, w, h, t) if axes == 3 else rope_tv_positions(end, w, h)
    if isinstance(segment, Video):
        raise OperatorDomainError(
            "RoPE-Tie is defined for images only; give the frames of a video as images."
        )
    return rope_tie_positions(
        end, w, h, variant="equivalent" if scheme == "tie_equivalent" else "integer"
    )
