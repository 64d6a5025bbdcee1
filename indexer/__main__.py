"""The command line `papersift …`: composition root of the writing side."""

import typer

from app import blas  # noqa: F401 - before anything that loads numpy
from indexer.cli.filling import harvest, import_
from indexer.cli.indexing import index, migrate, reindex, schedule
from indexer.cli.reading import paper, search, status
from indexer.cli.serving import run, serve

app = typer.Typer(
    name="papersift",
    help="Self-hosted search for arXiv papers. `papersift run` does everything.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

app.command("run")(run)
app.command("serve")(serve)
app.command("harvest")(harvest)
app.command("import")(import_)
app.command("index")(index)
app.command("reindex")(reindex)
app.command("schedule")(schedule)
app.command("status")(status)
app.command("search")(search)
app.command("paper")(paper)
app.command("migrate")(migrate)


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()
