"""What another way of writing counts: no more than the words that were typed.

A paper that writes it otherwise answers as well as one that writes it so, not better because its
way of writing is rare.
"""

from math import log


def compute_telling(holding: int, papers: int) -> float:
    """How much it says that a paper holds a term: its idf, as rankings by BM25 have it.

    Args:
        holding: papers with the term.
        papers: all papers.
    """
    return log(1.0 + (max(papers - holding, 0) + 0.5) / (holding + 0.5))


def weigh_other(asked: float, other: float) -> float:
    """What the score of another way of writing counts, by what each of the two tells; at most 1.

    >>> weigh_other(2.0, 8.0), weigh_other(8.0, 2.0), weigh_other(0.0, 0.0)
    (0.25, 1.0, 1.0)
    """
    return asked / other if 0.0 < asked < other else 1.0
