"""Letters of mathematical alphabets: browsers leave `mathvariant` to Unicode."""

_STARTS = {
    # First capital, first small letter, first digit; 0 where the alphabet has none.
    "bold": (0x1D400, 0x1D41A, 0x1D7CE),
    "italic": (0x1D434, 0x1D44E, 0),
    "bold-italic": (0x1D468, 0x1D482, 0),
    "script": (0x1D49C, 0x1D4B6, 0),
    "bold-script": (0x1D4D0, 0x1D4EA, 0),
    "fraktur": (0x1D504, 0x1D51E, 0),
    "bold-fraktur": (0x1D56C, 0x1D586, 0),
    "double-struck": (0x1D538, 0x1D552, 0x1D7D8),
    "sans-serif": (0x1D5A0, 0x1D5BA, 0x1D7E2),
    "bold-sans-serif": (0x1D5D4, 0x1D5EE, 0x1D7EC),
    "sans-serif-italic": (0x1D608, 0x1D622, 0),
    "sans-serif-bold-italic": (0x1D63C, 0x1D656, 0),
    "monospace": (0x1D670, 0x1D68A, 0x1D7F6),
}

_OLDER = {
    # Letters that Unicode had before the alphabets, whose places there are empty.
    "italic": dict(zip("h", "ℎ", strict=True)),
    "script": dict(zip("BEFHILMRego", "ℬℰℱℋℐℒℳℛℯℊℴ", strict=True)),
    "fraktur": dict(zip("CHIRZ", "ℭℌℑℜℨ", strict=True)),
    "double-struck": dict(zip("CHNPQRZ", "ℂℍℕℙℚℝℤ", strict=True)),
}

_BOLD_GREEK = {"bold": (0x1D6A8, 0x1D6C2), "bold-italic": (0x1D71C, 0x1D736)}


def write_in_alphabet(text: str, variant: str) -> str:
    """The text in letters of a mathematical alphabet; what it lacks stays as it is.

    >>> write_in_alphabet("R2", "double-struck"), write_in_alphabet("xh", "italic")
    ('ℝ𝟚', '𝑥ℎ')
    """
    return "".join(_write_letter(letter, variant) for letter in text)


def _write_letter(letter: str, variant: str) -> str:
    older = _OLDER.get(variant, {}).get(letter)
    if older is not None:
        return older
    code = ord(letter)
    for first, last, start in _list_ranges(variant):
        if start and first <= code <= last:
            return chr(start + code - first)
    return letter


def _list_ranges(variant: str) -> list[tuple[int, int, int]]:
    """First and last letter of each plain alphabet, and where the variant of it starts."""
    capital, small, digit = _STARTS.get(variant, (0, 0, 0))
    greek_capital, greek_small = _BOLD_GREEK.get(variant, (0, 0))
    return [
        (ord("A"), ord("Z"), capital),
        (ord("a"), ord("z"), small),
        (ord("0"), ord("9"), digit),
        (ord("Α"), ord("Ω"), greek_capital),
        (ord("α"), ord("ω"), greek_small),
    ]
