"""All use cases of the web process, put together once by the composition root."""

from dataclasses import dataclass

from app.db.session import Database
from app.search.engine import SearchEngine
from app.search.lexicon.source import LexiconSource
from app.services.browse import BrowseService
from app.services.calendar import CalendarService
from app.services.exports import DEFAULT_MAX_EXPORT_PAPERS, ExportService
from app.services.keywords import KeywordLimits, KeywordService
from app.services.papers import PaperService
from app.services.preference_learning import LearningLimits, PreferenceLearningService
from app.services.preferences import PreferenceLimits, PreferenceService
from app.services.recommend import RecommendLimits, RecommendService
from app.services.related import RelatedService
from app.services.search import SearchLimits, SearchService
from app.services.search_help import SearchHelpService
from app.services.spelling import SpellingService
from app.services.star_memory import StarLimits
from app.services.stars import StarService
from app.services.status import StatusService
from app.services.suggest import SuggestService


@dataclass(frozen=True, slots=True)
class UseCases:
    """What REST and the pages call; both call the same."""

    search: SearchService
    papers: PaperService
    browse: BrowseService
    status: StatusService
    stars: StarService
    preferences: PreferenceService
    suggest: SuggestService
    search_help: SearchHelpService
    related: RelatedService
    keywords: KeywordService
    preference_learning: PreferenceLearningService
    recommend: RecommendService
    calendar: CalendarService
    exports: ExportService


def make_use_cases(
    database: Database,
    engine: SearchEngine,
    limits: SearchLimits,
    *,
    lexicons: LexiconSource,
    star_database: Database | None = None,
    star_limits: StarLimits | None = None,
    preference_limits: PreferenceLimits | None = None,
    keyword_limits: KeywordLimits | None = None,
    learning_limits: LearningLimits | None = None,
    recommend_limits: RecommendLimits | None = None,
    max_export_papers: int = DEFAULT_MAX_EXPORT_PAPERS,
) -> UseCases:
    """The use cases over one database and one search engine.

    Args:
        database: what is shown; never written.
        engine: what is searched.
        limits: of searches and lists.
        lexicons: words, phrases, authors and acronyms, for suggestions, spelling and searches.
        star_database: the same database, for star counts; it gives up soon when it is busy.
            None: `database` takes them, with its own patience.
        star_limits: how many stars are accepted.
        recommend_limits: how much a taste may hold.
        preference_limits: how long lists and words of preference may be.
        keyword_limits: how many keywords of how long a text.
        learning_limits: from how many papers a taste is learned.
        max_export_papers: most papers of one exported list.
    """
    search = SearchService(
        database,
        engine,
        limits,
        spelling=SpellingService(engine, lexicons),
        lexicons=lexicons,
    )
    browse = BrowseService(database, engine, limits)
    related = RelatedService(database, engine, limits)
    return UseCases(
        search=search,
        papers=PaperService(database),
        browse=browse,
        status=StatusService(database, engine),
        stars=StarService(database, star_database or database, star_limits or StarLimits()),
        related=related,
        recommend=RecommendService(database, engine, recommend_limits or RecommendLimits(), limits),
        preferences=PreferenceService(database, engine, preference_limits or PreferenceLimits()),
        suggest=SuggestService(database, engine, lexicons),
        search_help=SearchHelpService(database, engine, lexicons),
        keywords=KeywordService(database, engine, keyword_limits or KeywordLimits()),
        preference_learning=PreferenceLearningService(
            database, engine, learning_limits or LearningLimits()
        ),
        calendar=CalendarService(database),
        exports=ExportService(
            database,
            engine,
            search=search,
            related=related,
            browse=browse,
            max_papers=max_export_papers,
        ),
    )
