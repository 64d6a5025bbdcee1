"""The composition root of the web process: settings in, application out.

    uvicorn --factory app.main:create_app

Reads the database and the index, writes nothing but star counts, and does not need the package
`indexer`.
"""

import threading
import traceback
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

import app.blas  # noqa: F401 - first, so that it comes before numpy
from app.api.body_limit import BodyLimitMiddleware
from app.api.metrics import Metrics, MetricsMiddleware
from app.api.openapi import install_openapi
from app.api.operators.running import OperatorLimits, OperatorRunner
from app.api.problems import (
    Problem,
    make_http_problem,
    make_internal_problem,
    make_problem,
    make_validation_problem,
    render_problem,
)
from app.api.program import PROGRAM_VERSION
from app.api.routes import ROUTERS
from app.db.session import Database
from app.domain.errors import PapersiftError
from app.garbage import set_loaded_objects_aside
from app.search.engine import SearchEngine
from app.search.factory import open_engine
from app.search.lexicon.source import LexiconSource
from app.services.keywords import KeywordLimits
from app.services.preference_learning import LearningLimits
from app.services.preferences import PreferenceLimits
from app.services.recommend import RecommendLimits
from app.services.search import SearchLimits
from app.services.star_memory import StarLimits
from app.services.use_cases import make_use_cases
from app.settings import Settings
from app.web.assets import mount_assets, mount_operator_assets
from app.web.choices import router as choice_router
from app.web.citations import router as citation_router
from app.web.day_pages import router as day_router
from app.web.error_pages import render_error
from app.web.languages import LANGUAGES
from app.web.library_page import router as library_router
from app.web.manifest import router as manifest_router
from app.web.middleware import HeadMiddleware, SecurityHeadersMiddleware
from app.web.opensearch import router as opensearch_router
from app.web.operators import router as operator_page_router
from app.web.pages import router as page_router
from app.web.paper_page import router as paper_router
from app.web.presentation import make_environment
from app.web.recommend_page import router as recommend_page_router
from app.web.related_page import router as related_router
from app.web.search_page import router as search_page_router
from app.web.short_addresses import router as short_address_router
from app.web.twins.routes import router as twin_router

STATIC_DIR = Path(__file__).resolve().parent.parent / "static"
"""Beside the package, in the source tree as well as where it is installed."""

API_PATHS = ("/api/", "/health", "/ready", "/version", "/metrics")
"""Addresses whose errors are problems; all others answer with pages."""

MIN_COMPRESSED_BYTES = 1_000

COMPRESSION_LEVEL = 5
"""The highest, 9, takes twice the time for two hundredths of a page's size."""

log = structlog.get_logger()


def create_app(settings: Settings | None = None) -> FastAPI:
    """The web application. Starts without database and index and says so when asked for them.

    Args:
        settings: None reads them from `PAPERSIFT_*` variables.
    """
    settings = Settings() if settings is None else settings
    database = Database(
        settings.resolved_database_url,
        busy_timeout_seconds=settings.database_busy_timeout_seconds,
    )
    star_database = Database(
        settings.resolved_database_url, busy_timeout_seconds=settings.star_busy_timeout_seconds
    )
    engine = open_engine(settings.resolved_index_dir, poll_seconds=settings.index_poll_seconds)
    operator_runner = OperatorRunner(_make_operator_limits(settings))
    app = FastAPI(
        title="Papersift",
        version=PROGRAM_VERSION,
        description="Search of arXiv papers on your own machine.",
        openapi_url="/api/v1/openapi.json",
        # The built-in documentation pages load scripts from elsewhere.
        docs_url=None,
        redoc_url=None,
        lifespan=_make_lifespan((database, star_database), engine, operator_runner),
        # Nothing about readers leaves the process or is kept, whatever the environment says.
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
    )
    app.state.use_cases = make_use_cases(
        database,
        engine,
        _make_limits(settings),
        lexicons=LexiconSource(
            settings.resolved_index_dir, poll_seconds=settings.index_poll_seconds
        ),
        star_database=star_database,
        star_limits=StarLimits(settings.stars_per_minute, settings.max_remembered_stars),
        preference_limits=PreferenceLimits(
            max_preference_ids=settings.max_preference_ids,
            max_preference_words=settings.max_preference_words,
            max_preference_word_chars=settings.max_preference_word_chars,
        ),
        learning_limits=LearningLimits(
            max_learning_papers=settings.max_learning_papers,
            max_learned_terms=settings.max_learned_terms,
        ),
        keyword_limits=KeywordLimits(
            max_keywords=settings.max_keywords,
            max_keyword_text_chars=settings.max_keyword_text_chars,
        ),
        recommend_limits=RecommendLimits(
            max_seeds=settings.max_seeds,
            max_recommend_chars=settings.max_recommend_chars,
            max_profile_terms=settings.max_profile_terms,
        ),
        max_export_papers=settings.max_export_papers,
    )
    app.state.public_url = settings.public_url.rstrip("/")
    app.state.metrics = Metrics()
    app.state.operator_runner = operator_runner
    for router in (
        *ROUTERS,
        # Before the pages, whose addresses would take the suffix for a part of a name.
        twin_router,
        day_router,
        short_address_router,
        page_router,
        paper_router,
        search_page_router,
        related_router,
        recommend_page_router,
        library_router,
        operator_page_router,
        opensearch_router,
        choice_router,
        citation_router,
        manifest_router,
    ):
        app.include_router(router)
    assets = mount_assets(app, STATIC_DIR)
    app.state.assets = assets
    app.state.environments = {
        code: make_environment(language, assets) for code, language in LANGUAGES.items()
    }
    app.state.operator_assets = mount_operator_assets(app, assets)
    app.mount("/static", StaticFiles(directory=STATIC_DIR), name="static")
    install_openapi(app)
    _add_error_handlers(app)
    _add_middleware(app, settings)
    return app


def _make_limits(settings: Settings) -> SearchLimits:
    return SearchLimits(
        max_query_chars=settings.max_query_chars,
        default_page_size=settings.default_page_size,
        max_page_size=settings.max_page_size,
        max_offset=settings.max_offset,
    )


def _make_operator_limits(settings: Settings) -> OperatorLimits:
    return OperatorLimits(
        time_budget_seconds=settings.operator_time_budget_seconds,
        max_body_bytes=settings.operator_max_body_bytes,
        workers=settings.operator_workers,
    )


def _make_lifespan(
    databases: Iterable[Database], engine: SearchEngine, operator_runner: OperatorRunner
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    """What makes the engine ready beside the first answers, and lets go of all at the end."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        # In a thread: loading compiled code takes a second, compiling it for the first time ten,
        # and reading the index through some more. Searches answer meanwhile, and nothing is lost
        # when the process is told to stop.
        threading.Thread(target=_prepare, args=[engine], name="engine-warm-up", daemon=True).start()
        yield
        operator_runner.close()
        engine.close()
        for database in databases:
            database.close()

    return lifespan


def _prepare(engine: SearchEngine) -> None:
    """Make searching fast, then see to it that what it reads is what was written."""
    engine.warm_up()
    set_loaded_objects_aside()
    engine.verify()


def _add_middleware(app: FastAPI, settings: Settings) -> None:
    """From the inside out: the last one added sees a request first."""
    app.add_middleware(HeadMiddleware)
    app.add_middleware(BodyLimitMiddleware, max_body_bytes=settings.max_body_bytes)
    app.add_middleware(FailureMiddleware)
    app.add_middleware(
        GZipMiddleware, minimum_size=MIN_COMPRESSED_BYTES, compresslevel=COMPRESSION_LEVEL
    )
    app.add_middleware(
        CORSMiddleware,
        allow_origins=["*"],
        allow_methods=["GET", "HEAD"],
        expose_headers=["ETag", "Link", "Retry-After"],
    )
    app.add_middleware(SecurityHeadersMiddleware)
    app.add_middleware(MetricsMiddleware, metrics=app.state.metrics)


def _add_error_handlers(app: FastAPI) -> None:
    """Every foreseen error becomes a problem, or a page, in one place."""

    def answer_own_error(request: Request, error: Exception) -> Response:
        assert isinstance(error, PapersiftError)  # noqa: S101 - registered for these only
        return answer_problem(request, make_problem(error))

    def answer_validation_error(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for these only
        return answer_problem(request, make_validation_problem(error))

    def answer_http_error(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101 - registered for these only
        return answer_problem(request, make_http_problem(error))

    app.add_exception_handler(PapersiftError, answer_own_error)
    app.add_exception_handler(RequestValidationError, answer_validation_error)
    app.add_exception_handler(HTTPException, answer_http_error)


def answer_problem(request: Request, problem: Problem) -> Response:
    """The problem as JSON for programs, as a page for people."""
    if request.url.path.startswith(API_PATHS):
        return render_problem(problem)
    page = render_error(
        request, status=problem.kind.status, title=problem.kind.title, detail=problem.detail
    )
    page.headers.update(dict(problem.headers) | {"Cache-Control": "no-store"})
    return page


class FailureMiddleware:
    """Answers errors that nobody foresaw, and logs where they happened.

    The log holds the kind of error and the lines of code, not its message, which may quote what
    a reader asked for.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; answer an error as problem or page."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        has_started = False

        async def note_start(message: Message) -> None:
            nonlocal has_started
            has_started = has_started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, note_start)
        except Exception as error:
            _log_failure(scope, error)
            if has_started:
                # Too late for another answer: a broken connection tells the client.
                raise ConnectionAbortedError("The answer broke off.") from None
            response = answer_problem(Request(scope, receive), make_internal_problem())
            await response(scope, receive, send)


def _log_failure(scope: Scope, error: Exception) -> None:
    route = getattr(scope.get("route"), "path", "unmatched")
    frames = traceback.format_list(traceback.extract_tb(error.__traceback__))
    log.error("unexpected error", route=route, error=type(error).__name__, where="".join(frames))
