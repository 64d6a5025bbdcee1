"""Use cases over an invented library, with a clock that stands still."""

from collections.abc import Iterator
from contextlib import contextmanager

from app.db.session import Database
from app.search.factory import open_engine
from app.search.lexicon.source import LexiconSource
from app.services.browse import BrowseService
from app.services.calendar import CalendarService
from app.services.exports import ExportService
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
from app.services.use_cases import UseCases
from tests.support.factories import NOON
from tests.support.library import Library

LIMITS = SearchLimits(max_query_chars=500, default_page_size=10, max_page_size=40, max_offset=30)
"""Small enough to be met by a small library."""


PREFERENCE_LIMITS = PreferenceLimits(
    max_preference_ids=60, max_preference_words=10, max_preference_word_chars=60
)

MAX_EXPORT_PAPERS = 30

RECOMMEND_LIMITS = RecommendLimits(max_seeds=12, max_recommend_chars=5_000, max_profile_terms=40)


@contextmanager
def open_use_cases(library: Library, limits: SearchLimits = LIMITS) -> Iterator[UseCases]:
    """The use cases over a library, at noon of a day in May 2024."""
    database = Database(library.database_url)
    engine = open_engine(library.index_dir, poll_seconds=0.01)
    lexicons = LexiconSource(library.index_dir, poll_seconds=0.01)
    try:
        search = SearchService(
            database,
            engine,
            limits,
            clock=lambda: 0.0,
            now=lambda: NOON,
            spelling=SpellingService(engine, lexicons),
            lexicons=lexicons,
        )
        browse = BrowseService(database, engine, limits, now=lambda: NOON)
        related = RelatedService(database, engine, limits)
        yield UseCases(
            search=search,
            papers=PaperService(database),
            browse=browse,
            status=StatusService(database, engine, now=lambda: NOON),
            suggest=SuggestService(database, engine, lexicons),
            search_help=SearchHelpService(database, engine, lexicons, clock=lambda: 0.0),
            stars=StarService(
                database,
                database,
                StarLimits(),
                clock=lambda: 0.0,
                today=NOON.date,
            ),
            related=related,
            recommend=RecommendService(database, engine, RECOMMEND_LIMITS, limits),
            preferences=PreferenceService(database, engine, PREFERENCE_LIMITS),
            keywords=KeywordService(database, engine, KeywordLimits()),
            preference_learning=PreferenceLearningService(database, engine, LearningLimits()),
            calendar=CalendarService(database, now=lambda: NOON),
            exports=ExportService(
                database,
                engine,
                search=search,
                related=related,
                browse=browse,
                max_papers=MAX_EXPORT_PAPERS,
            ),
        )
    finally:
        engine.close()
        database.close()
