"""Titles as people remember them: with a word missing, a letter wrong, in another spelling."""

import random
import re
import string

_WORD = re.compile(r"[A-Za-z]{5,}")


def drop_word(title: str, chance: random.Random) -> str | None:
    """The title without one of its words; None for titles of fewer than four."""
    words = title.split()
    if len(words) < 4:
        return None
    del words[chance.randrange(len(words))]
    return " ".join(words)


def misspell(title: str, chance: random.Random) -> str | None:
    """The title with a letter wrong, missing, doubled or exchanged; None without a long word.

    TeX is left alone, and so are first letters.
    """
    if "$" in title or "\\" in title:
        return None
    words = list(_WORD.finditer(title))
    if not words:
        return None
    match = chance.choice(words)
    place = match.start() + chance.randrange(1, len(match[0]) - 1)
    letter = chance.choice(string.ascii_lowercase.replace(title[place].lower(), ""))
    kind = chance.randrange(4)
    middle = [
        letter,
        "",
        title[place] * 2,
        title[place + 1] + title[place],
    ][kind]
    return title[:place] + middle + title[place + (2 if kind == 3 else 1) :]
