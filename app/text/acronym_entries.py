"""Acronyms that abstracts explain, as entries that are counted over all of them.

short form  ->  its long forms     rag <tab> RAG <tab> retrieval-augmented generation
long form   ->  its short forms    retriev augment generat <tab> RAG
"""

from app.text.acronyms import find_acronyms
from app.text.tex_words import tex_to_words
from app.text.tokenize import fold_term, iter_parts, normalise

SEPARATOR = "\t"
"""Between the parts of an entry; no part holds it."""

MAX_LONG_WORDS = 8
"""Longer explanations are sentences."""

MIN_PLURAL_CHARS = 3


def list_acronym_entries(text: str) -> tuple[set[str], set[str]]:
    r"""The entries of the acronyms that a text explains: by short form, and by long form.

    >>> list_acronym_entries("We use large language models (LLMs).")
    ({'llm\tLLM\tlarge language models'}, {'larg languag model\tLLM'})
    """
    meanings: set[str] = set()
    short_forms: set[str] = set()
    if "(" not in text:
        return meanings, short_forms
    for acronym in find_acronyms(tex_to_words(text)):
        short = make_singular(acronym.short)
        long = " ".join(acronym.long.split())
        key, long_key = fold_term(short), make_long_key(long)
        if key and long_key and len(long.split()) <= MAX_LONG_WORDS:
            meanings.add(SEPARATOR.join((key, short, long)))
            short_forms.add(SEPARATOR.join((long_key, short)))
    return meanings, short_forms


def make_singular(short: str) -> str:
    """A short form without the s of its plural.

    >>> make_singular("LLMs"), make_singular("SUS"), make_singular("GPS")
    ('LLM', 'SUS', 'GPS')
    """
    is_plural = len(short) >= MIN_PLURAL_CHARS and short[-1] == "s" and short[-2].isupper()
    return short[:-1] if is_plural else short


def make_long_key(text: str) -> str:
    """The index terms of a long form in order, compounds in their parts.

    >>> make_long_key("retrieval-augmented generation")
    'retriev augment generat'
    """
    return " ".join(term for part in iter_parts(text) if (term := normalise(part.text)))
