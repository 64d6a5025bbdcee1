"""Words of a query that stand side by side, in one field: what compounds and acronyms are of."""

from collections.abc import Callable, Iterator

from app.domain.query import And, Or, QueryField, QueryNode, Term

Words = tuple[Term, ...]

FIELDS = (None, QueryField.TITLE, QueryField.ABSTRACT)
"""Where words are words; phrases, exclusions and other fields stay as they were written."""


def list_runs(tree: QueryNode, is_word: Callable[[Term], bool]) -> list[list[Term]]:
    """The runs of words in a tree, in their order.

    Args:
        is_word: which words count; every other node ends a run.
    """
    return [run for run in _iter_runs(tree, is_word) if run]


def _iter_runs(tree: QueryNode, is_word: Callable[[Term], bool]) -> Iterator[list[Term]]:
    match tree:
        case And(children):
            run: list[Term] = []
            for child in children:
                word = child if isinstance(child, Term) and _counts(child, is_word) else None
                if word is not None and (not run or word.field == run[-1].field):
                    run.append(word)
                    continue
                yield run
                run = [] if word is None else [word]
                if word is None:
                    yield from _iter_runs(child, is_word)
            yield run
        case Or(children):
            for child in children:
                yield from _iter_runs(child, is_word)
        case Term() if _counts(tree, is_word):
            yield [tree]


def _counts(word: Term, is_word: Callable[[Term], bool]) -> bool:
    return word.field in FIELDS and is_word(word)
