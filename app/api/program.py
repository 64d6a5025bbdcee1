"""Which program this is."""

from importlib.metadata import PackageNotFoundError, version

PROGRAM_NAME = "papersift"


def find_version() -> str:
    """The installed version; "unknown" when run from a tree that was never installed."""
    try:
        return version(PROGRAM_NAME)
    except PackageNotFoundError:
        return "unknown"


PROGRAM_VERSION = find_version()
