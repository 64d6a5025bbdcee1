"""Words of papers that are remembered."""

from dataclasses import replace

from app.services.text_memory import TextMemory
from app.text.similarity import LaidOutText
from tests.support.factories import make_paper


def test_words_are_those_of_the_newest_text() -> None:
    memory = TextMemory(size=2)
    paper = make_paper("2401.00001", title="Otters", abstract="Sparse maps")
    changed = replace(paper, title="Seals", change_number=paper.change_number + 1)

    assert memory.read(paper) == LaidOutText.read("Otters", "Sparse maps")
    assert memory.read(changed) == LaidOutText.read("Seals", "Sparse maps")


def test_the_paper_used_last_is_kept() -> None:
    memory = TextMemory(size=2)
    first, second, third = (make_paper(f"2401.0000{n}", title=f"Otter {n}") for n in (1, 2, 3))
    kept = memory.read(first)
    forgotten = memory.read(second)
    assert memory.read(first) is kept

    memory.read(third)

    assert memory.read(first) is kept
    assert memory.read(second) is not forgotten
