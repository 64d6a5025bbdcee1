"""What a byte of a text means when the text is cut into pieces; see `bulk_pieces`."""

from typing import Final

WORD: Final = 0
"""Part of a piece."""
BLANK: Final = 1
"""Separates pieces."""
BREAK: Final = 2
"""Separates pieces, except where a TeX command holds it to its neighbours."""
SPECIAL: Final = 3
"""Part of a piece that is kept as it is written: TeX, and letters beyond ASCII."""
TRIM: Final = 4
"""Part of a piece, but not at its ends."""
HYPHEN: Final = 5
"""The same; between nothing but words it makes a compound, whose parts are pieces of their own."""
