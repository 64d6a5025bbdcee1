"""Notes are texts like any other, and can be said in other languages."""

from app.domain.notes import Note, say

GERMAN = {
    "{papers} papers by {name}.": "Von {name}: {papers} Arbeiten.",
    "It was ignored.": "Übergangen.",
}


def test_a_note_is_the_english_text() -> None:
    note = say("{papers} papers by {name}.", papers=1200, name="Noether {x}")

    assert note == "1,200 papers by Noether {x}."
    assert isinstance(note, str)


def test_combined_notes_are_translated_sentence_by_sentence() -> None:
    both = Note.combine(
        say("{papers} papers by {name}.", papers=2, name="Li"), say("It was ignored.")
    )

    assert both == "2 papers by Li. It was ignored."
    assert both.translate_with(GERMAN.__getitem__) == "Von Li: 2 Arbeiten. Übergangen."
