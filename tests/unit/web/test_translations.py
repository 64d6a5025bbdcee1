"""Every text of the interface has its Chinese one, which says as much."""

import json
import re

import pytest
from babel.messages.catalog import Message as CatalogMessage

from app.web.languages import CHINESE, list_catalogue_files, read_catalogue
from tests.support.messages import Message, list_page_messages, list_script_messages

PAGE_MESSAGES = list_page_messages()
SCRIPT_MESSAGES = list_script_messages()
PLACEHOLDER = re.compile(r"%\(\w+\)s|%%|\{\w+\}")
TAGS = re.compile(r"</?\w+")


def read_chinese(*, of_scripts: bool) -> dict[str, CatalogMessage]:
    found: dict[str, CatalogMessage] = {}
    for path in list_catalogue_files("zh", of_scripts=of_scripts):
        for message in read_catalogue(path, "zh"):
            if message.id:
                key = message.id if isinstance(message.id, str) else message.id[0]
                known = found.setdefault(key, message)
                assert known.string == message.string, f"two translations of “{key}”"
    return found


CHINESE_PAGES = read_chinese(of_scripts=False)
CHINESE_SCRIPTS = read_chinese(of_scripts=True)


def get_text(message: CatalogMessage) -> str:
    text = message.string
    return text if isinstance(text, str) else (text or [""])[0]


def write_entry(message: Message) -> str:
    """What a catalogue lacks, ready to be filled in."""
    one = json.dumps(message.text, ensure_ascii=False)
    if not message.plural:
        return f'#: {message.place}\nmsgid {one}\nmsgstr ""\n'
    many = json.dumps(message.plural, ensure_ascii=False)
    return f'#: {message.place}\nmsgid {one}\nmsgid_plural {many}\nmsgstr[0] ""\n'


@pytest.mark.parametrize(
    ("messages", "chinese"),
    [(PAGE_MESSAGES, CHINESE_PAGES), (SCRIPT_MESSAGES, CHINESE_SCRIPTS)],
    ids=["pages", "scripts"],
)
def test_every_text_is_translated_and_nothing_else_is(
    messages: dict[str, Message], chinese: dict[str, CatalogMessage]
) -> None:
    translated = {text for text, message in chinese.items() if get_text(message)}
    missing = [message for text, message in messages.items() if text not in translated]
    unused = sorted(chinese.keys() - messages.keys())

    assert not missing, "\n" + "\n".join(map(write_entry, missing))
    assert not unused


@pytest.mark.parametrize(
    ("messages", "chinese"),
    [(PAGE_MESSAGES, CHINESE_PAGES), (SCRIPT_MESSAGES, CHINESE_SCRIPTS)],
    ids=["pages", "scripts"],
)
def test_translations_have_the_placeholders_and_tags_of_the_text(
    messages: dict[str, Message], chinese: dict[str, CatalogMessage]
) -> None:
    for text, message in chinese.items():
        original = messages[text].plural or text
        translated = get_text(message)
        assert sorted(PLACEHOLDER.findall(translated)) == sorted(PLACEHOLDER.findall(original)), (
            text
        )
        assert sorted(TAGS.findall(translated)) == sorted(TAGS.findall(original)), text


def test_the_catalogues_are_read_as_one() -> None:
    translations = CHINESE.translations

    assert translations.gettext("Skip to the content") == "跳到正文"
    assert translations.gettext("no such text") == "no such text"


def test_plurals_agree_between_places_of_one_text() -> None:
    for text, message in CHINESE_PAGES.items():
        has_plural = not isinstance(message.id, str)
        assert has_plural == bool(PAGE_MESSAGES[text].plural), text
