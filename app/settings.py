"""Every setting: its name, unit, default and meaning. Read from `PAPERSIFT_*` variables."""

import tempfile
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from app.domain.errors import InvalidInputError

ANNOUNCED_ARCHIVES = (
    "astro-ph", "cond-mat", "cs", "econ", "eess", "gr-qc", "hep-ex", "hep-lat", "hep-ph",
    "hep-th", "math", "math-ph", "nlin", "nucl-ex", "nucl-th", "physics", "q-bio", "q-fin",
    "quant-ph", "stat",
)  # fmt: skip
"""The archives that rss.arxiv.org publishes a daily list of."""


class Settings(BaseSettings):
    """All settings of both sides. There is no global instance: composition roots make one."""

    model_config = SettingsConfigDict(env_prefix="PAPERSIFT_", extra="forbid", frozen=True)

    # Where things are kept
    data_dir: Path = Field(
        Path("data"), description="Folder of the SQLite database, the index and reject files."
    )
    database_url: str = Field(
        "",
        description="SQLAlchemy address, e.g. postgresql+psycopg://user:word@host/name. "
        "Empty: SQLite in the data folder.",
    )
    index_dir: Path | None = Field(
        None, description="Folder of the search index. Unset: `index` in the data folder."
    )
    database_busy_timeout_seconds: float = Field(
        30.0, gt=0, description="How long a statement waits for another writer."
    )

    # Web service
    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8000, ge=0, le=65535, description="Port to listen on.")
    public_url: str = Field(
        "",
        description="Address readers use, for absolute links in feeds. "
        "Empty: taken from the request.",
    )
    index_poll_seconds: float = Field(
        1.0, gt=0, le=2, description="How often a running service looks for a newer index."
    )
    max_query_chars: int = Field(2_000, ge=10, description="Longest query accepted, characters.")
    default_page_size: int = Field(25, ge=1, le=1_000, description="Results on a page.")
    max_page_size: int = Field(200, ge=1, le=2_000, description="Most results in one answer.")
    max_offset: int = Field(
        10_000, ge=1, description="Deepest result reachable by offset paging, results."
    )
    max_export_papers: int = Field(
        2_000,
        ge=1,
        description="Most papers of one list in a file (BibTeX, RIS, CSV); feeds hold 100.",
    )
    max_body_bytes: int = Field(
        2**20,
        ge=2**10,
        description="Longest body of a request, bytes; operators have a limit of their own.",
    )
    max_preference_ids: int = Field(
        2_000, ge=1, description="Most papers of a list to be ordered or of a history."
    )
    max_preference_words: int = Field(
        50, ge=1, description="Most words or phrases of a preference."
    )
    max_preference_word_chars: int = Field(
        200, ge=10, description="Longest word or phrase of a preference, characters."
    )
    max_learning_papers: int = Field(
        200, ge=1, description="Most liked and skipped papers that a taste is learned from."
    )
    max_learned_terms: int = Field(
        200, ge=1, description="Most weighted terms of a learned taste in one answer."
    )
    max_keywords: int = Field(
        50, ge=1, description="Most keywords of a paper or text in one answer."
    )
    max_keyword_text_chars: int = Field(
        20_000,
        ge=100,
        description="Longest title and abstract to find keywords in, together, characters; of a "
        "longer paper the beginning is read.",
    )
    max_seeds: int = Field(
        500, ge=1, description="Most liked and disliked papers of a recommendation."
    )
    max_recommend_chars: int = Field(
        500_000,
        ge=1_000,
        description="Longest text and bibliography of a recommendation, characters.",
    )
    max_profile_terms: int = Field(
        200, ge=1, description="Most lines of a recommendation's profile, given or shown."
    )
    stars_per_minute: int = Field(
        30, ge=1, description="Most stars accepted from one client in a minute."
    )
    max_remembered_stars: int = Field(
        100_000,
        ge=1,
        description="Stars of a day remembered, as salted hashes in memory, to count each once.",
    )
    star_busy_timeout_seconds: float = Field(
        1.0, gt=0, description="How long a star waits for another writer before it is given up."
    )
    operator_time_budget_seconds: float = Field(
        5.0, gt=0, le=60, description="Longest calculation of one call of an operator."
    )
    operator_max_body_bytes: int = Field(
        4 * 2**20, ge=2**10, description="Longest inputs of one call of an operator, bytes."
    )
    operator_workers: int = Field(
        2, ge=1, le=64, description="Calculations of operators at the same time, threads."
    )

    # arXiv's servers
    contact: str = Field(
        "",
        description="Mail address or URL put into the User-Agent, so that arXiv can reach you.",
    )
    oai_url: str = Field("https://oaipmh.arxiv.org/oai", description="OAI-PMH base address.")
    oai_format: Literal["arXivRaw", "arXiv"] = Field(
        "arXivRaw",
        description="Metadata format: arXivRaw has the version history, arXiv split authors.",
    )
    oai_sets: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="Sets to harvest, e.g. cs,physics:hep-th. Empty: the whole archive.",
    )
    rss_url: str = Field("https://rss.arxiv.org", description="Base address of the daily feeds.")
    rss_archives: Annotated[tuple[str, ...], NoDecode] = Field(
        ANNOUNCED_ARCHIVES, description="Archives whose daily lists are recorded."
    )
    pacing_seconds: float = Field(
        3.0, ge=0, description="Least time between two requests to arXiv from this machine."
    )
    pacing_file: Path = Field(
        Path(tempfile.gettempdir()) / "papersift-arxiv-pacing",
        description="Lock file by which all processes of this machine share one pace.",
    )
    connect_timeout_seconds: float = Field(5.0, gt=0, description="Longest wait to connect.")
    read_timeout_seconds: float = Field(
        120.0, gt=0, description="Longest wait for the next bytes of an answer."
    )
    max_attempts: int = Field(8, ge=1, description="Tries of one request before giving up.")
    max_retry_wait_seconds: float = Field(
        900.0, gt=0, description="Longest Retry-After that is obeyed; a longer one ends the run."
    )
    max_page_bytes: int = Field(
        64 * 2**20, ge=2**16, description="Largest answer accepted from arXiv, bytes."
    )
    overlap_days: int = Field(
        2, ge=0, description="Days before the last harvest that are asked for again."
    )
    first_fill_days: int = Field(
        3, ge=1, description="Days `papersift run` harvests into an empty database."
    )
    first_fill_timeout_seconds: float = Field(
        5.0, gt=0, description="How long `papersift run` waits for arXiv's first answer."
    )

    # Indexer
    index_batch_papers: int = Field(2_000, ge=1, description="Papers in one index commit.")
    import_batch_papers: int = Field(
        2_000, ge=1, description="Papers in one transaction of `papersift import`."
    )
    schedule: str = Field(
        "30 5 * * mon-fri",
        description="Cron expression (UTC) of the daily run; the default is after arXiv's "
        "midnight (US Eastern) announcement.",
    )
    failed_run_retry_seconds: float = Field(
        1_800.0, gt=0, description="How long after a failed daily run it is tried again."
    )
    job_poll_seconds: float = Field(
        2.0, gt=0, le=5, description="How often the scheduler looks for requested runs."
    )
    lease_seconds: float = Field(
        60.0, gt=1, description="A runner that gives no sign for this long is taken for dead."
    )

    # Logging
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="Least severe message that is logged."
    )

    @field_validator("oai_sets", "rss_archives", mode="before")
    @classmethod
    def _split_commas(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @model_validator(mode="after")
    def _check_page_sizes(self) -> "Settings":
        if self.default_page_size > self.max_page_size:
            raise ValueError("default_page_size is larger than max_page_size")
        return self

    @property
    def resolved_database_url(self) -> str:
        """The database address with the SQLite default filled in."""
        return self.database_url or f"sqlite:///{self.data_dir / 'papersift.db'}"

    @property
    def resolved_index_dir(self) -> Path:
        """The index folder with the default filled in."""
        return self.index_dir if self.index_dir is not None else self.data_dir / "index"


def load_settings() -> Settings:
    """The settings of this process, from its environment.

    Raises:
        InvalidInputError: a variable cannot be used; the message names it, its value and why.
    """
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = "_".join(str(part) for part in first["loc"]).upper()
        where = f"PAPERSIFT_{name}" if name else "The PAPERSIFT_* settings"
        raise InvalidInputError(
            f"{where} cannot be used: {first['msg']} (given: {first.get('input')!r}). "
            "README.md, section Settings, lists what each accepts."
        ) from error
