"""Scripts and styles of the pages, under addresses that change with their contents.

Browsers may keep such files for good: a new version has a new address. The plotting library comes
from its installed package; nothing of it is kept in this repository.
"""

import gzip
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from fastapi.staticfiles import StaticFiles
from starlette.types import Scope

from app.web.languages import LANGUAGES

FOREVER = "public, max-age=31536000, immutable"

GZIP_LEVEL = 6
"""Level 9 takes twice the time for one hundredth of the size."""

_MARK_CHARS = 12
_PLOTLY_MAP_STYLE = re.compile(rb'getElementById\("([0-9a-f]{64})"\)')


@dataclass(frozen=True, slots=True)
class AssetAddresses:
    """Where the operator pages find their files.

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


@dataclass(frozen=True, slots=True)
class Assets:
    """The files of `static/` under one mark of all their contents, so that they find each other.

    Attributes:
        root: address of the folder, without a last slash.
        words: addresses of the texts of scripts by language; those of English are in the scripts.
    """

    root: str
    words: Mapping[str, str]

    def get_address(self, path: str) -> str:
        """The address of a file, `path` being its place in the folder."""
        return f"{self.root}/{path}"


def mount_assets(app: FastAPI, static_dir: Path) -> Assets:
    """Serve styles, modules and their texts; call before `/static` itself is mounted."""
    root = f"/static/{_mark_contents(static_dir)}"
    words = {}
    for language in LANGUAGES.values():
        content = language.script_words
        if content:
            mark = hashlib.sha256(content).hexdigest()[:_MARK_CHARS]
            words[language.code] = f"/static/words-{language.code}-{mark}.json"
            app.add_route(
                words[language.code], partial(_answer_words, content), include_in_schema=False
            )
    app.mount(root, UnchangingFiles(directory=static_dir), name="static-marked")
    return Assets(root, words)


def mount_operator_assets(app: FastAPI, assets: Assets) -> AssetAddresses:
    """Serve what only the operator pages need; call before `/static` itself is mounted.

    Raises:
        FileNotFoundError: the package plotly is not installed, or without its script.
    """
    plotly = _find_in_package("plotly", "package_data/plotly.min.js")
    map_style = _PLOTLY_MAP_STYLE.search(plotly.read_bytes())
    addresses = AssetAddresses(
        operators=assets.get_address("operators"),
        plotly=f"/static/vendor/plotly-{version('plotly')}/plotly.min.js",
        plotly_map_style=map_style[1].decode() if map_style is not None else "",
    )
    app.add_route(addresses.plotly, PackagedScript(plotly).answer, include_in_schema=False)
    return addresses


async def _answer_words(content: bytes, _request: Request) -> Response:
    return Response(content, media_type="application/json", headers={"Cache-Control": FOREVER})


def _mark_contents(folder: Path) -> str:
    """A short mark that differs when any file of the folder does."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            name = path.relative_to(folder).as_posix().encode()
            digest.update(name + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:_MARK_CHARS]


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
