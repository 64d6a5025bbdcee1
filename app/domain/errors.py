"""Every error the project raises on purpose.

    PapersiftError
    ├── InvalidInputError                 what was asked for cannot be understood
    │   ├── InvalidArxivIdError
    │   ├── InvalidCategoryError
    │   ├── InvalidDateError
    │   ├── InvalidQueryError             names the token and its column
    │   ├── InvalidCursorError            no cursor, or one of another question
    │   └── LimitExceededError            names the limit, its value and its unit
    ├── NotFoundError
    │   └── PaperNotFoundError
    │       └── PaperDeletedError         arXiv took the record back
    ├── StorageError                      the database
    │   ├── DatabaseUnavailableError
    │   └── SchemaOutOfDateError
    ├── SearchIndexError                  the search index
    │   ├── IndexMissingError
    │   ├── IndexDamagedError
    │   ├── IndexOutdatedError
    │   └── IndexLockedError
    ├── UpstreamError                     arXiv's servers
    │   ├── UpstreamUnavailableError
    │   ├── MalformedAnswerError
    │   └── OaiError                      an OAI-PMH <error>, with its code
    ├── SnapshotError                     a metadata file that cannot be read
    ├── AlreadyRunningError               somebody else holds the lease
    ├── WorkStoppedError                  a run was told to stop
    └── RateLimitError                    somebody asks too often

A message is one or two plain sentences: what is wrong, and what to do about it. Foreign errors
are translated once, in the adapter that meets them.
"""


class PapersiftError(Exception):
    """Base of all errors raised on purpose; `str(error)` is fit for people."""


class InvalidInputError(PapersiftError):
    """What was asked for cannot be understood."""


class InvalidArxivIdError(InvalidInputError):
    """The text is not an arXiv identifier in any written form."""


class InvalidCategoryError(InvalidInputError):
    """The text is not an arXiv category, archive or category expression."""


class InvalidDateError(InvalidInputError):
    """The text is not a date, or the range ends before it begins."""


class InvalidQueryError(InvalidInputError):
    """A query cannot be read.

    Attributes:
        token: the offending piece of text.
        column: 1-based column where it begins.
    """

    def __init__(self, message: str, *, token: str = "", column: int = 1) -> None:
        super().__init__(message)
        self.token = token
        self.column = column


class InvalidCursorError(InvalidInputError):
    """The text is no cursor of this service, or belongs to another question."""


class LimitExceededError(InvalidInputError):
    """A stated limit was passed.

    Attributes:
        limit_name: the setting or constant that states it.
        limit: its value.
        unit: what is counted.
    """

    def __init__(self, message: str, *, limit_name: str, limit: int, unit: str) -> None:
        super().__init__(message)
        self.limit_name = limit_name
        self.limit = limit
        self.unit = unit


class NotFoundError(PapersiftError):
    """What was asked for is not held here."""


class PaperNotFoundError(NotFoundError):
    """No paper with this identifier is held here."""


class PaperDeletedError(PaperNotFoundError):
    """arXiv deleted this paper's record; a tombstone is all that is held."""


class StorageError(PapersiftError):
    """The database could not do what was asked."""


class DatabaseUnavailableError(StorageError):
    """The database cannot be reached or opened."""


class SchemaOutOfDateError(StorageError):
    """The database's tables are not those of this version: migrate first."""


class SearchIndexError(PapersiftError):
    """The search index could not do what was asked."""


class IndexMissingError(SearchIndexError):
    """There is no index yet: build one."""


class IndexDamagedError(SearchIndexError):
    """A file of the index is truncated, foreign or corrupted: rebuild."""


class IndexOutdatedError(SearchIndexError):
    """The index was built with another schema version: rebuild."""


class IndexLockedError(SearchIndexError):
    """Another process is writing to the index."""


class UpstreamError(PapersiftError):
    """An arXiv server gave no usable answer."""


class UpstreamUnavailableError(UpstreamError):
    """The server cannot be reached, refuses, or asks for patience beyond our own.

    Attributes:
        status: HTTP status of the last answer; None when there was none.
    """

    def __init__(self, message: str, *, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class MalformedAnswerError(UpstreamError):
    """The answer is truncated, not XML, too large, wrongly encoded or not what was asked for."""


class OaiError(UpstreamError):
    """An OAI-PMH `<error>` element.

    Attributes:
        code: `badResumptionToken`, `noRecordsMatch`, `badArgument`, `idDoesNotExist`, ...
    """

    def __init__(self, message: str, *, code: str) -> None:
        super().__init__(message)
        self.code = code


class SnapshotError(PapersiftError):
    """A metadata file cannot be opened or is not what it claims to be."""


class AlreadyRunningError(PapersiftError):
    """Somebody else holds the lease of this work."""


class WorkStoppedError(PapersiftError):
    """A run was told to stop, or lost its lease; what was stored stays."""


class RateLimitError(PapersiftError):
    """Somebody asks more often than is allowed.

    Attributes:
        retry_after_seconds: when to ask again.
    """

    def __init__(self, message: str, *, retry_after_seconds: int) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds
