"""Other ways to write the words of a query: spellings of compounds, acronyms and long forms."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from app.domain.query import And, Boosted, QueryNode, Term, replace_runs
from app.domain.results import Expansion
from app.search.engine import SearchEngine
from app.search.lexicon.source import LexiconSource
from app.services.acronyms import AcronymMatch, find_acronyms
from app.services.compounds import CompoundFinder, Spelling
from app.services.relaxation import PROSE_WORDS
from app.services.word_runs import Words, list_runs

SPELLING_WEIGHT = 0.3
"""What another spelling of a compound scores beside words any of which suffices. Papers with
hyphens hold it and the words: in full it would put them above papers with more of the words."""

ACRONYM_WEIGHT = 0.1
"""The same for an acronym or its long form, which papers that explain it hold both."""


@dataclass(frozen=True, slots=True)
class Variants:
    """What is searched in the place of words of one query as well.

    Attributes:
        asked: the query.
        spellings: of compounds, by words that stand side by side in it.
        acronyms: acronyms with their long forms, and the reverse.
    """

    asked: QueryNode
    spellings: Mapping[Words, Spelling] = field(default_factory=dict)
    acronyms: tuple[AcronymMatch, ...] = ()

    @property
    def shown(self) -> QueryNode:
        """The query with what is searched as well, for people: without `unfamiliar` spellings."""
        familiar = {words: one.node for words, one in self.spellings.items() if one.is_familiar}
        acronyms = [(each.words, each.alternative) for each in self.acronyms]
        return replace_runs(self.asked, _join(familiar, acronyms))

    @property
    def unfamiliar(self) -> tuple[QueryNode, ...]:
        """What is searched as well and not told, since hardly anybody writes it so."""
        return tuple(one.node for one in self.spellings.values() if not one.is_familiar)

    @property
    def weighed(self) -> QueryNode:
        """The query with everything that is searched as well, weighed."""
        spellings = {words: _weigh(one) for words, one in self.spellings.items()}
        acronyms = [(each.words, each.weighed) for each in self.acronyms]
        return replace_runs(self.asked, _join(spellings, acronyms))

    @property
    def spelt(self) -> QueryNode:
        """The query with its compounds in each spelling; acronyms as they were written."""
        spellings = {words: (one.node,) for words, one in self.spellings.items()}
        return replace_runs(self.asked, spellings)

    @property
    def alternatives(self) -> dict[Words, tuple[QueryNode, ...]]:
        """What is searched as well, by words."""
        spellings = {words: one.node for words, one in self.spellings.items()}
        return _join(spellings, [(each.words, each.alternative) for each in self.acronyms])

    @property
    def expansions(self) -> tuple[Expansion, ...]:
        """The acronyms, for people."""
        return tuple(each.expansion for each in self.acronyms)

    @property
    def further(self) -> tuple[Boosted, ...]:
        """What is searched as well for bare words, weighed, where any of them suffices."""
        spellings = [
            Boosted(one.node, SPELLING_WEIGHT * one.weight)
            for words, one in self.spellings.items()
            if self._are_bare(words)
        ]
        acronyms = [
            Boosted(each.alternative, ACRONYM_WEIGHT)
            for each in self.acronyms
            if self._are_bare(each.words)
        ]
        return (*spellings, *acronyms)

    def _are_bare(self, words: Words) -> bool:
        bare = self.asked.children if isinstance(self.asked, And) else (self.asked,)
        return words[0].field is None and all(word in bare for word in words)


class VariantFinder:
    """Finds other ways to write queries; safe to share between threads.

    Args:
        lexicons: where acronyms are looked up; None: nowhere.
    """

    def __init__(self, engine: SearchEngine, lexicons: LexiconSource | None = None) -> None:
        self._engine = engine
        self._lexicons = lexicons
        self._compounds = CompoundFinder(engine)

    def find(
        self, tree: QueryNode, *, expands_acronyms: bool = True, as_written: Collection[str] = ()
    ) -> Variants:
        """What papers may write instead of the words of a query.

        Compounds in prose stay as they were written: its many words find the papers anyway.

        Args:
            as_written: acronyms and long forms that are left alone.

        Raises:
            SearchIndexError: there is no usable index.
        """
        runs = list_runs(tree, _is_any_word)
        is_prose = sum(map(len, runs)) > PROSE_WORDS
        acronyms: list[AcronymMatch] = []
        if self._lexicons is not None and expands_acronyms:
            acronyms = find_acronyms(self._engine, self._lexicons.get(), runs, as_written)
        spellings = {} if is_prose else self._compounds.find(tree)
        return Variants(tree, spellings, tuple(acronyms))


def _join(
    spellings: Mapping[Words, QueryNode], acronyms: Iterable[tuple[Words, QueryNode]]
) -> dict[Words, tuple[QueryNode, ...]]:
    found: dict[Words, tuple[QueryNode, ...]] = {
        words: (node,) for words, node in spellings.items()
    }
    for words, node in acronyms:
        found[words] = (*found.get(words, ()), node)
    return found


def _weigh(spelling: Spelling) -> QueryNode:
    weight = spelling.weight
    return spelling.node if weight == 1.0 else Boosted(spelling.node, weight)


def _is_any_word(_word: Term) -> bool:
    return True
