"""Which of the three principles of post 10352 a scheme of positions keeps.

Compatibility: pure text is RoPE-1D, a pure image RoPE-2D. Equivalence: an image of w x h patches
counts as wh tokens. Symmetry: the gap from the text on the left to the first patch equals the gap
from the last patch to the text on the right. The checks measure positions; no verdict is stored.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.operators.arrays import Float64Array
from app.operators.errors import OperatorDomainError
from app.operators.rope.positions import BlockPositions
from app.operators.rope.sequences import Image, SchemeName, Text, Video, sequence_positions

# Wide, high, square, a row, and text before or not: sizes at which every broken principle shows.
DEFAULT_IMAGES = (Image(3, 2), Image(2, 5), Image(4, 4), Image(4, 1))

# Lengths of the run of text before the image.
TEXT_LENGTHS = (1, 4)

# Halves and their sums are exact; thirds of the equivalent RoPE-Tie are not.
TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class PrincipleReport:
    """What a scheme keeps, measured on the given images or videos.

    Attributes:
        compatibility: Pure text lies at (n, ..., n), and patches form a regular grid.
        equivalence: Every image moves the text on by exactly its number of patches.
        symmetry: The gaps on both sides are equal.
        unit_spacing: Neighbouring patches are one apart whatever the image's size; the post asks
            for it beside the three principles, and RoPE-Tie lacks it.
        reasons: One sentence for each check that failed.
    """

    compatibility: bool
    equivalence: bool
    symmetry: bool
    unit_spacing: bool
    reasons: tuple[str, ...]


def check_principles(
    scheme: SchemeName, images: Sequence[Image | Video] = DEFAULT_IMAGES
) -> PrincipleReport:
    """Return which principles the scheme keeps on all of the given images or videos.

    Args:
        scheme: A name that `sequence_positions` knows.
        images: What to measure on. A single patch keeps every principle under most schemes, so
            the default holds larger ones.

    Raises:
        OperatorDomainError: If there is nothing to measure on, a size is below 1, or the scheme
            does not take videos.

    >>> report = check_principles("tv")
    >>> report.compatibility, report.equivalence, report.symmetry
    (True, True, True)
    >>> check_principles("mrope").reasons[0]
    'An image does not count as one token of text for each of its patches.'
    """
    if not images:
        raise OperatorDomainError("images is empty; give at least one to measure on.")
    placed = [
        (image, sequence_positions([Text(length), image, Text(1)], scheme).blocks[1])
        for image in images
        for length in TEXT_LENGTHS
    ]
    text = sequence_positions([Text(5)], scheme).positions
    checks = {
        "Pure text is not RoPE-1D.": _close(text, np.arange(1.0, 6.0)[:, None]),
        "A pure image is not RoPE-2D.": all(_is_grid(image, block) for image, block in placed),
        "An image does not count as one token of text for each of its patches.": all(
            _close(block.next_text - block.left_text - 1.0, np.array(float(len(block.positions))))
            for _, block in placed
        ),
        "The gaps before and after an image differ.": all(
            _close(block.gap_before, block.gap_after) for _, block in placed
        ),
        "The spacing of patches is not one, or depends on the image's size.": all(
            _is_grid(image, block, spacing=1.0) for image, block in placed
        ),
    }
    text_kept, image_kept, equivalence, symmetry, unit_spacing = checks.values()
    return PrincipleReport(
        compatibility=text_kept and image_kept,
        equivalence=equivalence,
        symmetry=symmetry,
        unit_spacing=unit_spacing,
        reasons=tuple(sentence for sentence, kept in checks.items() if not kept),
    )


def _is_grid(image: Image | Video, block: BlockPositions, *, spacing: float | None = None) -> bool:
    """Whether each step to a neighbour moves one coordinate only, always by the same amount."""
    frames = image.frames if isinstance(image, Video) else 1
    axes = block.positions.shape[-1]
    if axes < 2:
        return False
    grid = block.positions.reshape(frames, image.height, image.width, axes)
    for axis, along in ((1, 0), (2, 1), (0, 2)):
        if grid.shape[axis] == 1:
            continue
        if along >= axes:
            return False
        steps = np.diff(grid, axis=axis).reshape(-1, axes)
        expected = np.zeros(axes)
        expected[along] = steps[0, along] if spacing is None else spacing
        if not _close(steps, expected):
            return False
    return True


def _close(actual: Float64Array, expected: Float64Array) -> bool:
    return bool(np.all(np.abs(actual - expected) <= TOLERANCE))
