"""The languages of the interface: their catalogues, and which of them a reader gets.

English texts are the keys. Every file `translations/<code>/<area>.po` is read when the service
starts; `<area>.scripts.po` holds the texts of modules in `static/`, and only those are sent to
browsers.
"""

import gettext
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

TRANSLATIONS_DIR = Path(__file__).parent / "translations"

SCRIPT_SUFFIX = ".scripts.po"

MAX_ACCEPTED_LANGUAGES = 20
"""Entries of an Accept-Language header that are looked at; browsers send fewer than ten."""

JsonWords = dict[str, str]


@dataclass(frozen=True)
class Language:
    """One language of the interface.

    Attributes:
        code: as in addresses, cookies and the folder of its catalogues.
        tag: as in the `lang` attribute of pages.
        name: as its own readers write it.
        locale: whose dates and numbers are written.
        day_pattern: pattern of a day, as Babel reads it.
        weekday_pattern: pattern of a day with its day of the week.
        month_pattern: pattern of a month.
    """

    code: str
    tag: str
    name: str
    locale: Locale
    day_pattern: str
    weekday_pattern: str
    month_pattern: str

    @property
    def translations(self) -> gettext.NullTranslations:
        """The catalogue; English, whose texts are the keys, has none."""
        return _read_translations(self.code)

    @property
    def script_words(self) -> bytes:
        """The texts of scripts as JSON: English text to translation; empty for English."""
        words = _read_script_words(self.code)
        return json.dumps(words, ensure_ascii=False).encode() if words else b""


ENGLISH = Language(
    code="en",
    tag="en",
    name="English",
    # British order of day and month, as arXiv writes dates.
    locale=Locale.parse("en_GB"),
    day_pattern="d MMMM y",
    weekday_pattern="EEEE, d MMMM y",
    month_pattern="MMMM y",
)
CHINESE = Language(
    code="zh",
    tag="zh-Hans",
    name="中文",
    locale=Locale.parse("zh_Hans_CN"),
    day_pattern="y年M月d日",
    weekday_pattern="y年M月d日 EEEE",
    month_pattern="y年M月",
)
LANGUAGES = {language.code: language for language in (ENGLISH, CHINESE)}


def translatable(text: str) -> str:
    """The text itself, noted as one that a template translates: `{{ _(view.name) }}`."""
    return text


def choose_language(accepted: str, chosen: str = "") -> Language:
    """The language for a reader: the one chosen here, else the best of those the browser names.

    Args:
        accepted: an Accept-Language header.
        chosen: code of the reader's choice; unknown ones count as none.

    >>> choose_language("de, zh-TW;q=0.8, en;q=0.5").name
    '中文'
    """
    if chosen in LANGUAGES:
        return LANGUAGES[chosen]
    weighted = sorted(_list_accepted(accepted), key=lambda each: -each[1])
    return next((LANGUAGES[code] for code, _ in weighted if code in LANGUAGES), ENGLISH)


def list_catalogue_files(code: str, *, of_scripts: bool) -> list[Path]:
    """The catalogue files of a language, for scripts or for templates."""
    files = sorted((TRANSLATIONS_DIR / code).glob("*.po"))
    return [path for path in files if path.name.endswith(SCRIPT_SUFFIX) == of_scripts]


def read_catalogue(path: Path, code: str) -> Catalog:
    """One catalogue file.

    Raises:
        PoFileError: the file is no catalogue.
    """
    with path.open("rb") as file:
        return read_po(file, locale=code, abort_invalid=True)


def _list_accepted(header: str) -> Iterator[tuple[str, float]]:
    for entry in header.split(",")[:MAX_ACCEPTED_LANGUAGES]:
        tag, _, parameter = entry.strip().partition(";")
        name, _, weight = parameter.strip().partition("=")
        try:
            quality = float(weight) if name == "q" else 1.0
        except ValueError:
            continue
        if quality > 0:
            yield tag.partition("-")[0].lower(), quality


@cache
def _read_translations(code: str) -> gettext.NullTranslations:
    files = list_catalogue_files(code, of_scripts=False)
    if not files:
        return gettext.NullTranslations()
    merged = Catalog(locale=code)
    for path in files:
        for message in read_catalogue(path, code):
            if message.id:
                merged.add(message.id, message.string, flags=message.flags)
    compiled = io.BytesIO()
    write_mo(compiled, merged)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


@cache
def _read_script_words(code: str) -> Mapping[str, str]:
    words: JsonWords = {}
    for path in list_catalogue_files(code, of_scripts=True):
        for message in read_catalogue(path, code):
            if not message.id or not message.string:
                continue
            # A language with one form of the plural has one text for both of English.
            key = message.id if isinstance(message.id, str) else message.id[0]
            text = message.string if isinstance(message.string, str) else message.string[0]
            words[key] = text
    return words
