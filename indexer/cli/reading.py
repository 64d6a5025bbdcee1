"""`papersift status`, `search` and `paper`: what is there, for people and for programs."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from app.api.schemas import make_hit_out, make_paper_out
from app.api.status import make_status_out
from app.db.session import Database
from app.domain.harvest import Holdings
from app.domain.paper import Paper
from app.domain.query import Sort
from app.domain.results import SearchPage
from app.search.factory import open_engine
from app.search.lexicon.source import LexiconSource
from app.services.search import SearchLimits, SearchQuestion
from app.services.status import StatusReport
from app.services.use_cases import UseCases, make_use_cases
from app.settings import load_settings
from indexer.cli.console import fail, out, print_json, reporting_errors, say

SHOWN_AUTHORS = 6
"""Authors of a paper shown in a table; all are in the JSON answer."""

_HOLDINGS_NOTES = {
    Holdings.SAMPLE: " (the bundled sample only; `papersift harvest --all` fetches everything)",
    Holdings.RECENT: " (the last announced days; `papersift harvest --all` fetches everything)",
}

JsonOption = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]


@reporting_errors
def status(
    as_json: JsonOption = False,
    check_scheduler: Annotated[
        bool,
        typer.Option(
            "--check-scheduler", help="Say nothing; exit 0 only if a scheduler is running."
        ),
    ] = False,
) -> None:
    """Show what is held, what ran and what is missing.

    Example: papersift status
    """
    with _open_use_cases() as use_cases:
        report = use_cases.status.get_report()
    if check_scheduler:
        if report.lease is None:
            raise fail("No scheduler is running. Start one with `papersift schedule`.")
    elif as_json:
        print_json(make_status_out(report).model_dump(mode="json"))
    else:
        _print_status(report)


@reporting_errors
def search(  # noqa: PLR0917 - a command's options are its parameters
    words: Annotated[list[str], typer.Argument(help="What to look for.")],
    category: Annotated[
        str, typer.Option("--cat", help="Category expression, e.g. cs.AI+cs.LG-cs.CY.")
    ] = "",
    first: Annotated[str, typer.Option("--from", help="Submitted since: year, month or day.")] = "",
    last: Annotated[str, typer.Option("--to", help="Submitted until: year, month or day.")] = "",
    sort: Annotated[Sort, typer.Option("--sort", help="Order of results.")] = Sort.RELEVANCE,
    limit: Annotated[int, typer.Option("--limit", min=1, help="Papers shown.")] = 10,
    as_json: JsonOption = False,
) -> None:
    """Search the index.

    Example: papersift search "graph neural networks" --cat cs.LG --from 2020 --limit 5
    """
    question = SearchQuestion(
        text=" ".join(words),
        categories=category,
        first=first,
        last=last,
        sort=sort,
        limit=limit,
    )
    with _open_use_cases() as use_cases:
        page = use_cases.search.search(question)
    if as_json:
        print_json(_make_search_answer(page))
    else:
        _print_page(page)


@reporting_errors
def paper(
    arxiv_id: Annotated[str, typer.Argument(metavar="ID", help="Any written form of an id.")],
    as_json: JsonOption = False,
) -> None:
    """Show one paper.

    Example: papersift paper arXiv:1706.03762v5
    """
    with _open_use_cases() as use_cases:
        answer = use_cases.papers.get_paper(arxiv_id)
    if as_json:
        print_json(make_paper_out(answer.paper).model_dump(mode="json"))
        return
    if answer.version_note:
        say(answer.version_note)
    _print_paper(answer.paper)


@contextmanager
def _open_use_cases() -> Iterator[UseCases]:
    settings = load_settings()
    database = Database(
        settings.resolved_database_url,
        busy_timeout_seconds=settings.database_busy_timeout_seconds,
    )
    engine = open_engine(settings.resolved_index_dir)
    limits = SearchLimits(
        max_query_chars=settings.max_query_chars,
        default_page_size=settings.default_page_size,
        max_page_size=settings.max_page_size,
        max_offset=settings.max_offset,
    )
    try:
        database.check()
        lexicons = LexiconSource(settings.resolved_index_dir)
        yield make_use_cases(database, engine, limits, lexicons=lexicons)
    finally:
        engine.close()
        database.close()


def _make_search_answer(page: SearchPage) -> dict[str, object]:
    return {
        "total": page.total,
        "query": page.understood_as,
        "relaxed": page.relaxed,
        "notes": list(page.notes),
        "took_ms": round(page.took_ms, 3),
        "index_version": page.state.generation,
        "results": [make_hit_out(hit).model_dump(mode="json") for hit in page.hits],
    }


def _print_page(page: SearchPage) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("arXiv id", "submitted", "category"):
        table.add_column(heading, no_wrap=True)
    table.add_column("title and authors", ratio=1)
    for hit in page.hits:
        table.add_row(
            hit.paper.arxiv_id.value,
            f"{hit.paper.submitted_at:%Y-%m-%d}",
            hit.paper.primary_category,
            Text.assemble((hit.paper.title, "bold"), "\n", _name_authors(hit.paper)),
        )
    if page.hits:
        out.print(table)
    for note in page.notes:
        say(note)
    say(f"{page.total:,} found, {len(page.hits):,} shown, {page.took_ms:.0f} ms")


def _name_authors(paper: Paper) -> str:
    names = ", ".join(author.name for author in paper.authors[:SHOWN_AUTHORS])
    hidden = len(paper.authors) - SHOWN_AUTHORS
    return f"{names} and {hidden} more" if hidden > 0 else names


def _print_paper(paper: Paper) -> None:
    out.print(Text(paper.title, style="bold"))
    out.print(Text(_name_authors(paper)))
    out.print()
    out.print(Text(paper.abstract))
    out.print()
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(style="dim", no_wrap=True)
    table.add_column(ratio=1)
    rows = (
        ("arXiv id", f"{paper.arxiv_id} (version {paper.version})"),
        ("categories", " ".join(paper.categories)),
        ("submitted", f"{paper.submitted_at:%Y-%m-%d}"),
        ("updated", f"{paper.updated_at:%Y-%m-%d}"),
        ("comments", paper.comments),
        ("journal", paper.journal_ref),
        ("DOI", paper.doi),
        ("abstract", paper.abstract_source),
        ("at arXiv", paper.arxiv_id.abs_url),
        ("PDF", paper.arxiv_id.pdf_url),
    )
    for name, value in rows:
        if value:
            table.add_row(name, Text(value))
    out.print(table)


def _print_status(report: StatusReport) -> None:
    state = report.index.state
    held = f"{report.papers:,} papers"
    if report.newest_submission_day is not None:
        held += f", the newest submitted on {report.newest_submission_day}"
    out.print(Text(f"Database  {held}{_HOLDINGS_NOTES.get(report.holdings, '')}"))
    if state is None:
        out.print(Text(f"Index     {report.index.problem}"))
    else:
        behind = report.index.changes_behind or 0
        currency = "up to date" if behind == 0 else f"{behind:,} changes behind"
        out.print(
            Text(f"Index     {state.papers:,} papers, generation {state.generation}, {currency}")
        )
    missing = " ".join(arxiv_id.value for arxiv_id in report.missing)
    out.print(Text(f"Missing   {missing or 'nothing that was announced'}"))
    lease = report.lease
    if lease is not None:
        out.print(Text(f"Running   {lease.owner}"))
    if report.last_runs:
        table = Table(box=None, pad_edge=False, header_style="bold")
        for heading in ("last run", "finished (UTC)", "outcome"):
            table.add_column(heading, no_wrap=heading != "outcome")
        for run in report.last_runs:
            outcome = run.message if run.succeeded else f"FAILED: {run.message}"
            table.add_row(run.stage, f"{run.finished_at:%Y-%m-%d %H:%M}", Text(outcome))
        out.print()
        out.print(table)
