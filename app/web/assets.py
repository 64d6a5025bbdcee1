"""Scripts and styles of the operator pages, under addresses that change with their contents.

Browsers may keep such files for good: a new version has a new address. The plotting library comes
from its installed package; nothing of it is kept in this repository.
"""

import gzip
import hashlib
import re
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from fastapi.staticfiles import StaticFiles
from starlette.types import Scope

FOREVER = "public, max-age=31536000, immutable"

GZIP_LEVEL = 6
"""Level 9 takes twice the time for one hundredth of the size."""

_PLOTLY_MAP_STYLE = re.compile(rb'getElementById\("([0-9a-f]{64})"\)')


@dataclass(frozen=True, slots=True)
class AssetAddresses:
    """Where pages find their files.

    Attributes:
        operators: folder of the operator pages' modules and styles, without a last slash.
        plotly: the plotting library.
        plotly_map_style: id of the style element that the library adds for maps unless the page
            has an element of that id; the pages' policy forbids inline styles, and they show no
            maps. Empty if this version adds none.
    """

    operators: str
    plotly: str
    plotly_map_style: str


class UnchangingFiles(StaticFiles):
    """A folder whose address holds a mark of its contents."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file, to be kept for good."""
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = FOREVER
        return response


class PackagedScript:
    """One script of an installed package, compressed once for all who ask."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @cached_property
    def _compressed(self) -> bytes:
        return gzip.compress(self._path.read_bytes(), GZIP_LEVEL, mtime=0)

    async def answer(self, request: Request) -> Response:
        """The script, compressed for browsers that take it so: all of the last twenty years."""
        headers = {"Cache-Control": FOREVER, "Vary": "Accept-Encoding"}
        if "gzip" in request.headers.get("Accept-Encoding", ""):
            content = await run_in_threadpool(lambda: self._compressed)
            headers["Content-Encoding"] = "gzip"
        else:
            content = await run_in_threadpool(self._path.read_bytes)
        return Response(content, media_type="text/javascript", headers=headers)


def mount_operator_assets(app: FastAPI, static_dir: Path) -> AssetAddresses:
    """Serve the operator pages' files; call before `/static` itself is mounted.

    Raises:
        FileNotFoundError: the package plotly is not installed, or without its script.
    """
    folder = static_dir / "operators"
    plotly = _find_in_package("plotly", "package_data/plotly.min.js")
    map_style = _PLOTLY_MAP_STYLE.search(plotly.read_bytes())
    addresses = AssetAddresses(
        operators=f"/static/operators-{_mark_contents(folder)}",
        plotly=f"/static/vendor/plotly-{version('plotly')}/plotly.min.js",
        plotly_map_style=map_style[1].decode() if map_style is not None else "",
    )
    app.add_route(addresses.plotly, PackagedScript(plotly).answer, include_in_schema=False)
    app.mount(addresses.operators, UnchangingFiles(directory=folder), name="operator-static")
    return addresses


def _mark_contents(folder: Path) -> str:
    """A short mark that differs when any file of the folder does."""
    digest = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


def _find_in_package(package: str, path: str) -> Path:
    """A file of a package, found without importing it."""
    spec = find_spec(package)
    folders = spec.submodule_search_locations if spec is not None else None
    for folder in folders or ():
        found = Path(folder) / path
        if found.is_file():
            return found
    raise FileNotFoundError(
        f"The package {package} lacks {path}. Install Papersift's dependencies again."
    )
