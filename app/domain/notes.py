"""Sentences for people about an answer, which pages can say in other languages too."""

from collections.abc import Callable
from typing import Self


class Note(str):
    """A note in English that knows which sentences it was made of.

    Whoever only reads it has a text like any other; whoever translates it fills the sentences in
    another language with the same values.

    Attributes:
        sentences: templates with `{name}` where a value belongs, and their values.
    """

    __slots__ = ("sentences",)

    sentences: tuple[tuple[str, dict[str, str]], ...]

    @classmethod
    def combine(cls, *notes: "Note") -> Self:
        """Several notes as one."""
        joined = cls(" ".join(notes))
        joined.sentences = tuple(each for note in notes for each in note.sentences)
        return joined

    def translate_with(self, gettext: Callable[[str], str]) -> str:
        """The note in another language, whose sentences `gettext` gives by the English ones."""
        return " ".join(gettext(template).format_map(texts) for template, texts in self.sentences)


def say(template: str, **values: object) -> Note:
    """A note of one sentence; numbers have separators of thousands.

    >>> say("{papers} papers by {name}.", papers=1200, name="Noether")
    '1,200 papers by Noether.'
    """
    texts = {
        name: f"{value:,}" if isinstance(value, int) else str(value)
        for name, value in values.items()
    }
    note = Note(template.format_map(texts))
    note.sentences = ((template, texts),)
    return note
