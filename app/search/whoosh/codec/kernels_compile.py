"""How kernels are compiled, and where the compiled code is kept between starts.

The folder is the first writable one of: `NUMBA_CACHE_DIR`, beside this module, the user's cache.
Its name holds a digest of all kernels, since numba looks only at the file of a function and would
go on using code that has an older version of another file's function inlined. Without a writable
folder everything works, but each start compiles anew (some seconds).
"""

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numba

_HERE = Path(__file__).parent


def list_cache_parents() -> Iterator[Path]:
    """Where the cache may be, best place first."""
    configured = os.environ.get("NUMBA_CACHE_DIR")
    if configured:
        yield Path(configured)
    yield _HERE / "__pycache__"
    caches = os.environ.get("XDG_CACHE_HOME")
    yield (Path(caches) if caches else Path.home() / ".cache") / "papersift"


def find_cache_folder(parents: Iterator[Path]) -> Path | None:
    """A folder of our own under the first writable parent; None when there is none."""
    digest = hashlib.blake2b(numba.__version__.encode(), digest_size=6)
    for path in sorted(_HERE.glob("kernel*.py")):
        digest.update(path.read_bytes())
    for parent in parents:
        folder = parent / f"kernels-{digest.hexdigest()}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                return folder
        except OSError:
            continue
    return None


def _choose_cache() -> bool:
    folder = find_cache_folder(list_cache_parents())
    if folder is None:
        return False
    # numba has read NUMBA_CACHE_DIR when it was imported, so changing the variable is too late.
    numba.config.CACHE_DIR = str(folder)  # type: ignore[attr-defined]  # made at run time
    return True


_IS_CACHED = _choose_cache()


def compiled(function: Callable[..., Any]) -> Any:
    """Compile on first use and keep the result; the interpreter's lock is released meanwhile."""
    return numba.njit(nogil=True, cache=_IS_CACHED)(function)
