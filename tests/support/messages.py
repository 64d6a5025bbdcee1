"""The texts of the interface, found where they are written."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from babel.messages.extract import extract

from app.api.problems import INTERNAL, INVALID_PARAMETER, KINDS, METHOD_NOT_ALLOWED, NO_SUCH_ADDRESS
from app.domain.categories import list_archives, list_categories, list_groups
from app.web.operator_catalogue import PAGES

ROOT = Path(__file__).resolve().parents[2]

TEMPLATE_KEYWORDS: dict[str, Any] = {"_": None, "gettext": None, "ngettext": (1, 2)}
PYTHON_KEYWORDS: dict[str, Any] = {"translatable": None, "gettext": None, "ngettext": (1, 2)}
NOTE_KEYWORDS: dict[str, Any] = {"say": None}
SCRIPT_KEYWORDS: dict[str, Any] = {"t": None, "tn": (1, 2)}


@dataclass(frozen=True)
class Message:
    """A text, with its plural if it has one, and the place of its first use."""

    text: str
    plural: str
    place: str


def list_page_messages() -> dict[str, Message]:
    """The texts of templates, of the code beside them, and of tables that templates show."""
    found: dict[str, Message] = {}
    for message in (
        *_extract("app/web/templates", "*.html", "jinja2.ext:babel_extract", TEMPLATE_KEYWORDS),
        *_extract("app/web", "*.py", "python", PYTHON_KEYWORDS),
        *_extract("app", "*.py", "python", NOTE_KEYWORDS),
        *_list_problem_titles(),
        *_list_operator_texts(),
        *_list_category_names(),
    ):
        found.setdefault(message.text, message)
    return found


def list_script_messages() -> dict[str, Message]:
    """The texts of the modules in `static/`."""
    messages = _extract("static", "*.js", "javascript", SCRIPT_KEYWORDS)
    return {message.text: message for message in messages}


def _extract(folder: str, pattern: str, method: str, keywords: dict[str, Any]) -> Iterator[Message]:
    options = {"trimmed": "true", "trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}
    for path in sorted((ROOT / folder).rglob(pattern)):
        with path.open("rb") as file:
            for line, text, _, _ in extract(method, file, keywords, options=options):
                one, plural = text if isinstance(text, tuple) else (text, "")
                place = f"{path.relative_to(ROOT).as_posix()}:{line}"
                yield Message(str(one), str(plural), place)


def _list_operator_texts() -> Iterator[Message]:
    for page in PAGES:
        for text in (page.title, page.learn, *(preset.name for preset in page.presets)):
            yield Message(text, "", "app/web/operator_catalogue.py")


def _list_category_names() -> Iterator[Message]:
    names = [
        *(name for _, name in list_groups()),
        *(archive.name for archive in list_archives(include_retired=True)),
        *(category.name for category in list_categories(include_retired=True)),
    ]
    for name in names:
        yield Message(name, "", "app/domain/taxonomy_table.py")


def _list_problem_titles() -> Iterator[Message]:
    for kind in (*KINDS.values(), INTERNAL, INVALID_PARAMETER, NO_SUCH_ADDRESS, METHOD_NOT_ALLOWED):
        yield Message(kind.title, "", "app/api/problems.py")
