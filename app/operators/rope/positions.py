"""Positions of one image or video between two runs of text (posts 10040, 10352).

Coordinates are (row, column) or (row, column, frame) and may be halves. The text on the left ends
at (L, ..., L); the text on the right starts at `next_text`. Patches come in the order of their
tokens: frame by frame, row by row, column by column; w counts columns, h rows, t frames.
"""

import math
from dataclasses import dataclass
from typing import Literal, SupportsIndex, TypeAlias

import numpy as np

from app.operators.arrays import Float64Array, as_count, as_positive
from app.operators.errors import OperatorDomainError

TieVariant: TypeAlias = Literal["integer", "equivalent"]


@dataclass(frozen=True, slots=True, eq=False)
class BlockPositions:
    """Where the patches of one image or video lie, and how the text around them continues.

    Attributes:
        positions: Shape (patches, a), a = 1, 2 or 3 coordinates, in token order.
        left_text: Position of the last token of text before, shape (a,).
        next_text: Position of the first token of text after, shape (a,).
    """

    positions: Float64Array
    left_text: Float64Array
    next_text: Float64Array

    @property
    def first_patch(self) -> Float64Array:
        """Position of the first patch, shape (a,)."""
        return np.asarray(self.positions[0])

    @property
    def last_patch(self) -> Float64Array:
        """Position of the last patch, shape (a,)."""
        return np.asarray(self.positions[-1])

    @property
    def gap_before(self) -> Float64Array:
        """Step from the last token of text on the left to the first patch, shape (a,)."""
        return self.first_patch - self.left_text

    @property
    def gap_after(self) -> Float64Array:
        """Step from the last patch to the first token of text on the right, shape (a,)."""
        return self.next_text - self.last_patch


def rope_tv_positions(
    text_end: float, width: SupportsIndex, height: SupportsIndex, *, tokens_per_patch: float = 1.0
) -> BlockPositions:
    """Return RoPE-TV (RoPE-Tie-v2) positions of an image: patch (i, j) at (b1 + i, b2 + j).

    b1 = L + (wh - h)/2, b2 = L + (wh - w)/2, next text at L + wh + 1. Patches are one apart
    whatever the image's size, the image counts as wh tokens, and both gaps equal
    ((wh - h)/2 + 1, (wh - w)/2 + 1).

    Args:
        text_end: L >= 0, position of the last token of text on the left (0: none).
        width: w >= 1, columns.
        height: h >= 1, rows.
        tokens_per_patch: Tokens of text that one patch counts as; the post takes 1, and a reply
            says that 0.5 and others work as well.

    Raises:
        OperatorDomainError: If an argument is outside its domain.

    >>> block = rope_tv_positions(4, 3, 2)
    >>> block.first_patch, block.last_patch, block.next_text
    (array([7. , 6.5]), array([8. , 8.5]), array([11., 11.]))
    """
    return _centred_block(text_end, _counts(height, width), tokens_per_patch)


def rope_tv_video_positions(
    text_end: float,
    width: SupportsIndex,
    height: SupportsIndex,
    frames: SupportsIndex,
    *,
    tokens_per_patch: float = 1.0,
) -> BlockPositions:
    """Return RoPE-TV positions of a video: three coordinates, next text at L + wht + 1.

    b1 = L + (wht - h)/2, b2 = L + (wht - w)/2, b3 = L + (wht - t)/2. They need t in advance, so a
    video cannot be continued without limit (the author's own objection); `frames_as_images` is the
    alternative, which gives up the alignment of patches across frames.

    Raises:
        OperatorDomainError: If an argument is outside its domain.

    >>> rope_tv_video_positions(2, 3, 2, 4).first_patch
    array([14. , 13.5, 13. ])
    """
    return _centred_block(text_end, _counts(height, width, frames), tokens_per_patch)


def _centred_block(
    text_end: float, counts: tuple[int, ...], tokens_per_patch: float
) -> BlockPositions:
    start = _text_end(text_end)
    tokens = as_positive(tokens_per_patch, name="tokens_per_patch") * math.prod(counts)
    origins = [start + (tokens - count) / 2.0 for count in counts]
    return _block(_grid(counts) + np.array(origins), start, start + tokens + 1.0)


def rope_tie_positions(
    text_end: float,
    width: SupportsIndex,
    height: SupportsIndex,
    *,
    variant: TieVariant = "integer",
) -> BlockPositions:
    """Return RoPE-Tie positions of an image: patch (i, j) at (L + i s, L + j t).

    "integer": s = w + 1, t = h + 1, next text at L + (w + 1)(h + 1): whole numbers, but the image
    counts as (w + 1)(h + 1) - 1 tokens. "equivalent": s = (wh + 1)/(h + 1), t = (wh + 1)/(w + 1),
    next text at L + wh + 1. Both satisfy (h + 1) s = (w + 1) t, so the gaps are equal, (s, t); in
    both the spacing of patches depends on the image's size.

    Args:
        text_end: L >= 0.
        width: w >= 1, columns.
        height: h >= 1, rows.
        variant: Which of the two.

    Raises:
        OperatorDomainError: If an argument is outside its domain.

    >>> block = rope_tie_positions(4, 3, 2)
    >>> block.first_patch, block.last_patch, block.next_text
    (array([8., 7.]), array([12., 13.]), array([16., 16.]))
    """
    start = _text_end(text_end)
    h, w = _counts(height, width)
    if variant == "integer":
        spacing, end = np.array([w + 1.0, h + 1.0]), (w + 1.0) * (h + 1.0)
    elif variant != "equivalent":
        raise OperatorDomainError(f'variant must be "integer" or "equivalent", not {variant!r}.')
    else:
        end = w * h + 1.0
        spacing = np.array([end / (h + 1.0), end / (w + 1.0)])
    return _block(start + _grid((h, w)) * spacing, start, start + end)


def mrope_positions(
    text_end: float, width: SupportsIndex, height: SupportsIndex, frames: SupportsIndex = 1
) -> BlockPositions:
    """Return M-RoPE positions (Qwen2-VL): patch (i, j, f) at L + (i, j, f), three coordinates.

    The next text starts at L + max(w, h, t) + 1: continuous on the left, a jump on the right for a
    long thin video, and n^3 tokens squeezed into a distance of n.

    Raises:
        OperatorDomainError: If an argument is outside its domain.

    >>> mrope_positions(2, 3, 2, 4).next_text
    array([7., 7., 7.])
    """
    start = _text_end(text_end)
    counts = _counts(height, width, frames)
    return _block(start + _grid(counts), start, start + max(counts) + 1.0)


def flat_positions(
    text_end: float,
    width: SupportsIndex,
    height: SupportsIndex,
    frames: SupportsIndex = 1,
    *,
    row_separators: bool = False,
) -> BlockPositions:
    """Return positions of patches counted through as if they were text, one coordinate.

    Vertical neighbours are w apart (w + 1 with a separator token after each row).

    Raises:
        OperatorDomainError: If an argument is outside its domain.

    >>> flat_positions(4, 3, 2, row_separators=True).positions.ravel()
    array([ 5.,  6.,  7.,  9., 10., 11.])
    """
    start = _text_end(text_end)
    h, w, t = _counts(height, width, frames)
    row_length = w + int(row_separators)
    rows = np.arange(h * t)[:, None] * row_length
    places = start + 1.0 + (rows + np.arange(w, dtype=np.float64)).reshape(-1, 1)
    return _block(places, start, start + 1.0 + row_length * h * t)


def layout_positions(
    text_length: SupportsIndex, width: SupportsIndex, height: SupportsIndex
) -> BlockPositions:
    """Return positions on a page: the text on the left is one line, the image the h lines below.

    Text of length L lies at (1, 1), ..., (1, L), patch (i, j) on line i + 1 at column j, and the
    next text starts the line after. Pure text does not become one-dimensional: each run is a line.

    Raises:
        OperatorDomainError: If an argument is outside its domain.

    >>> block = layout_positions(4, 3, 2)
    >>> block.left_text, block.first_patch, block.next_text
    (array([1., 4.]), array([2., 1.]), array([4., 1.]))
    """
    length = as_count(text_length, name="text_length", low=0)
    return layout_block(float(length > 0), float(length), width, height)


def layout_block(
    line: float,
    column: float,
    width: SupportsIndex,
    height: SupportsIndex,
    frames: SupportsIndex = 1,
) -> BlockPositions:
    """Return positions of an image below `line`; frames of a video lie one below the other."""
    h, w, t = _counts(height, width, frames)
    places = _grid((h * t, w)) + np.array([line, 0.0])
    return BlockPositions(
        positions=places,
        left_text=np.array([line, column]),
        next_text=np.array([line + h * t + 1.0, 1.0]),
    )


def _grid(counts: tuple[int, ...]) -> Float64Array:
    """Return 1-based (row, column[, frame]) of every patch in token order."""
    row, column = np.arange(1.0, counts[0] + 1.0), np.arange(1.0, counts[1] + 1.0)
    if len(counts) == 2:
        axes = np.meshgrid(row, column, indexing="ij")
    else:
        frame = np.arange(1.0, counts[2] + 1.0)
        first, second, third = np.meshgrid(frame, row, column, indexing="ij")
        axes = (second, third, first)
    return np.stack([axis.ravel() for axis in axes], axis=-1)


def _block(positions: Float64Array, left: float, right: float) -> BlockPositions:
    axes = positions.shape[-1]
    return BlockPositions(positions, np.full(axes, left), np.full(axes, right))


def _counts(
    height: SupportsIndex, width: SupportsIndex, frames: SupportsIndex | None = None
) -> tuple[int, ...]:
    h = as_count(height, name="height (rows)", low=1)
    w = as_count(width, name="width (columns)", low=1)
    return (h, w) if frames is None else (h, w, as_count(frames, name="frames", low=1))


def _text_end(text_end: float) -> float:
    end = float(text_end)
    if not (math.isfinite(end) and end >= 0.0):
        raise OperatorDomainError(f"text_end must be finite and at least 0, but it is {end}.")
    return end
