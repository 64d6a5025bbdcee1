"""Rotary positions for text, images and videos (posts 10040, 10352), importable as one module.

>>> from app.operators import rope
>>> rope.rope_tv_positions(3, 3, 3).next_text
array([13., 13.])
"""

from app.operators.rope.positions import (
    BlockPositions,
    flat_positions,
    layout_positions,
    mrope_positions,
    rope_tie_positions,
    rope_tv_positions,
    rope_tv_video_positions,
)
from app.operators.rope.principles import PrincipleReport, check_principles
from app.operators.rope.rotation import (
    relative_score,
    rope_1d,
    rope_2d,
    rope_3d,
    rope_frequencies,
    rope_matrix,
)
from app.operators.rope.sequences import (
    SCHEME_AXES,
    Image,
    Segment,
    SequencePositions,
    Text,
    Video,
    frames_as_images,
    sequence_positions,
)

__all__ = [
    "SCHEME_AXES",
    "BlockPositions",
    "Image",
    "PrincipleReport",
    "Segment",
    "SequencePositions",
    "Text",
    "Video",
    "check_principles",
    "flat_positions",
    "frames_as_images",
    "layout_positions",
    "mrope_positions",
    "relative_score",
    "rope_1d",
    "rope_2d",
    "rope_3d",
    "rope_frequencies",
    "rope_matrix",
    "rope_tie_positions",
    "rope_tv_positions",
    "rope_tv_video_positions",
    "sequence_positions",
]
