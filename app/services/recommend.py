"""Papers for several seeds at once: liked and disliked ones, a pasted text, a bibliography.

Nothing is kept: a request brings the whole taste along, as papers or as the profile of an earlier
answer, with lines struck out or weighed anew.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

from app.db.papers import find_papers
from app.db.session import Database
from app.domain.arxiv_id import ArxivId, parse_arxiv_id
from app.domain.errors import InvalidInputError
from app.domain.paper import Paper
from app.domain.query import And, QueryField, SearchRequest, Term
from app.domain.recommendation import ProfileTerm, Recommendation, Seed
from app.search.engine import SearchEngine
from app.services.limits import check_limit
from app.services.reasons import give_reasons, list_features, list_profile
from app.services.search import SearchLimits, SearchQuestion, make_filters
from app.services.similar_papers import (
    SimilarityFinder,
    Wanted,
    choose_shown,
)
from app.text.bibtex_reader import BibEntry, read_bibtex
from app.text.similarity import Feature, TermCounts, count_terms
from app.text.surfaces import find_surfaces
from app.text.taste import combine_tastes, read_profile
from app.text.tokenize import index_terms

TITLE_CANDIDATES = 5
"""Papers looked at for one title of a bibliography."""

MAX_TITLE_TERMS = 30
"""Words of a title that are looked for."""


@dataclass(frozen=True, slots=True)
class RecommendLimits:
    """What one request may hold; the names are those of the settings.

    Attributes:
        max_seeds: liked and disliked papers and entries of a bibliography, together.
        max_recommend_chars: of pasted text and bibliography, together.
        max_profile_terms: lines of a profile, given or shown.
    """

    max_seeds: int = 500
    max_recommend_chars: int = 500_000
    max_profile_terms: int = 200


@dataclass(frozen=True, slots=True)
class Taste:
    """What somebody likes, in their own spelling.

    Attributes:
        positive: identifiers of liked papers, in any written form.
        negative: of disliked ones.
        text: anything to find papers for, such as a draft's abstract.
        bibtex: a bibliography, whose papers are liked.
        profile: lines that replace what the papers say; empty for what they say.
    """

    positive: Sequence[str] = ()
    negative: Sequence[str] = ()
    text: str = ""
    bibtex: str = ""
    profile: Sequence[ProfileTerm] = ()


@dataclass(frozen=True, slots=True)
class _Examples:
    """The texts of a taste and how people read their words."""

    liked: list[TermCounts] = field(default_factory=list)
    disliked: list[TermCounts] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    categories: list[tuple[str, ...]] = field(default_factory=list)

    def add_paper(self, paper: Paper, counts: TermCounts, *, is_positive: bool) -> None:
        """Count a seed."""
        (self.liked if is_positive else self.disliked).append(counts)
        self.texts.extend((paper.title, paper.abstract))
        if is_positive:
            self.categories.append(paper.categories)


def _is_liked(taste: Taste) -> bool:
    """Whether anything at all is said to be liked."""
    texts = (taste.text.strip(), taste.bibtex.strip())
    return bool(taste.positive) or any(texts) or any(line.weight > 0 for line in taste.profile)


class RecommendService:
    """Recommends papers; safe to share between threads."""

    def __init__(
        self,
        database: Database,
        engine: SearchEngine,
        limits: RecommendLimits,
        search_limits: SearchLimits,
    ) -> None:
        self._database = database
        self._engine = engine
        self._limits = limits
        self._search_limits = search_limits
        self._finder = SimilarityFinder(database, engine)

    def recommend(self, taste: Taste, question: SearchQuestion) -> Recommendation:
        """One page of papers like the liked ones and unlike the disliked ones.

        The seeds themselves are left out, and so are papers that share more with what is disliked
        than with what is liked.

        Args:
            taste: at least one liked paper, a text, a bibliography or a profile.
            question: filters, order and page; its text is not used.

        Raises:
            InvalidInputError: nothing is liked, or something cannot be read; also a bibliography
                without entries where nothing else is liked.
            LimitExceededError: too much of something.
            SearchIndexError: there is no usable index.
            StorageError: there is no usable database.
        """
        limit = self._check(taste, question)
        filters = make_filters(question)
        seeds, papers = self._find_seeds(taste)
        examples = self._gather(taste, seeds, papers)
        importance, texts = self._weigh(taste, examples)
        wanted = Wanted(
            importance=importance,
            categories=examples.categories,
            left_out=[each.arxiv_id for each in seeds if each.arxiv_id is not None],
        )
        found = self._finder.find(wanted, filters)
        arranged = self._finder.arrange(found.papers, question.sort)
        page = self._finder.read(arranged[question.offset : question.offset + limit])
        profile = found.profile or self._finder.weigh(importance)
        shown = choose_shown(profile, self._limits.max_profile_terms)
        parts = found.take_apart(page)
        surfaces = _read_surfaces(texts, list_features(parts).union(shown))
        return Recommendation(
            papers=tuple(give_reasons(page, parts, wanted.categories, surfaces)),
            total=len(arranged),
            offset=question.offset,
            limit=limit,
            profile=tuple(list_profile(profile, shown, surfaces)),
            seeds=tuple(seeds),
            state=found.state,
        )

    def _check(self, taste: Taste, question: SearchQuestion) -> int:
        """The page size, when everything keeps to its limits."""
        limits = self._limits
        limit = self._search_limits.choose_page_size(question.limit)
        chars = len(taste.text) + len(taste.bibtex)
        check_limit(chars, "max_recommend_chars", limits.max_recommend_chars, "characters")
        given = len(taste.positive) + len(taste.negative)
        check_limit(given, "max_seeds", limits.max_seeds, "papers")
        check_limit(
            len(taste.profile), "max_profile_terms", limits.max_profile_terms, "lines of a profile"
        )
        if not _is_liked(taste):
            raise InvalidInputError(
                "Nothing is liked here. Give at least one paper in `positive`, a text, a "
                "bibliography, or a profile with a weight above 0."
            )
        return limit

    def _find_seeds(self, taste: Taste) -> tuple[list[Seed], dict[ArxivId, Paper]]:
        """What every identifier and entry means, and the papers that are held."""
        entries = read_bibtex(taste.bibtex)
        if not entries and not _is_liked(replace(taste, bibtex="")):
            raise InvalidInputError(
                "The bibliography holds no entry that can be read. Entries look like "
                "@article{key, title={...}, eprint={1706.03762}}."
            )
        given = len(taste.positive) + len(taste.negative) + len(entries)
        check_limit(given, "max_seeds", self._limits.max_seeds, "papers")
        wanted: list[tuple[str, ArxivId | None, bool]] = [
            (written, parse_arxiv_id(written).arxiv_id, is_positive)
            for side, is_positive in ((taste.positive, True), (taste.negative, False))
            for written in side
        ]
        wanted += [
            (entry.key or entry.title[:60], arxiv_id, True)
            for entry in entries
            for arxiv_id in [entry.arxiv_id or self._find_entry(entry)]
        ]
        ids = list(dict.fromkeys(each for _written, each, _side in wanted if each is not None))
        with self._database.read() as tx:
            papers = find_papers(tx, ids)
        seeds = [
            Seed(written, arxiv_id if arxiv_id in papers else None, is_positive)
            for written, arxiv_id, is_positive in wanted
        ]
        return seeds, papers

    def _find_entry(self, entry: BibEntry) -> ArxivId | None:
        """The paper of a bibliography's entry by its DOI, else by its whole title."""
        if entry.doi:
            request = SearchRequest(Term(entry.doi, QueryField.DOI), limit=1)
            for hit in self._engine.search(request).hits:
                return hit.arxiv_id
        terms = index_terms(entry.title)
        if not terms:
            return None
        words = tuple(Term(each, QueryField.TITLE) for each in entry.title.split())
        request = SearchRequest(And(words[:MAX_TITLE_TERMS]), limit=TITLE_CANDIDATES)
        hits = self._engine.search(request).hits
        with self._database.read() as tx:
            papers = find_papers(tx, [hit.arxiv_id for hit in hits])
        return next(
            (
                hit.arxiv_id
                for hit in hits
                if hit.arxiv_id in papers and index_terms(papers[hit.arxiv_id].title) == terms
            ),
            None,
        )

    def _gather(
        self, taste: Taste, seeds: Sequence[Seed], papers: dict[ArxivId, Paper]
    ) -> _Examples:
        examples = _Examples()
        known: set[ArxivId] = set()
        for seed in seeds:
            if seed.arxiv_id is not None and seed.arxiv_id not in known:
                known.add(seed.arxiv_id)
                paper = papers[seed.arxiv_id]
                counts = self._finder.count_terms(paper)
                examples.add_paper(paper, counts, is_positive=seed.is_positive)
        if taste.text.strip():
            examples.liked.append(count_terms("", taste.text))
            examples.texts.append(taste.text)
        return examples

    def _weigh(self, taste: Taste, examples: _Examples) -> tuple[dict[Feature, float], list[str]]:
        """The importance of each feature of the taste, and the texts that write it."""
        if not taste.profile:
            importance = combine_tastes(examples.liked, examples.disliked)
            return importance, examples.texts
        lines = [(each.text, each.weight) for each in taste.profile]
        weights = read_profile(lines)
        worth = self._finder.weigh(dict.fromkeys(weights, 1.0))
        # What is worth nothing, such as a word of every paper, cannot tell papers apart.
        return {
            feature: weight / worth[feature]
            for feature, weight in weights.items()
            if worth[feature] > 0.0
        }, [text for text, _weight in lines]


def _read_surfaces(texts: Sequence[str], features: Collection[Feature]) -> dict[Feature, str]:
    surfaces: dict[Feature, str] = {}
    missing = set(features)
    for text in texts:
        found = find_surfaces(text, missing)
        surfaces.update(found)
        missing.difference_update(found)
        if not missing:
            break
    return surfaces
