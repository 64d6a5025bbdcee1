"""All use cases of the web process, put together once by the composition root."""

from dataclasses import dataclass

from app.db.session import Database
from app.search.engine import SearchEngine
from app.services.browse import BrowseService
from app.services.papers import PaperService
from app.services.search import SearchLimits, SearchService
from app.services.status import StatusService


@dataclass(frozen=True, slots=True)
class UseCases:
    """What REST and the pages call; both call the same."""

    search: SearchService
    papers: PaperService
    browse: BrowseService
    status: StatusService


def make_use_cases(database: Database, engine: SearchEngine, limits: SearchLimits) -> UseCases:
    """The use cases over one database and one search engine."""
    return UseCases(
        search=SearchService(database, engine, limits),
        papers=PaperService(database),
        browse=BrowseService(database, engine, limits),
        status=StatusService(database, engine),
    )
