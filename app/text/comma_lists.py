"""Names written one behind another, as addresses and forms have them."""


def split_names(text: str) -> tuple[str, ...]:
    """The names in a comma list, each once; they may hold blanks.

    >>> split_names("RAG, large language models,,RAG")
    ('RAG', 'large language models')
    """
    return tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))


def split_identifiers(text: str) -> list[str]:
    """The identifiers in a text, apart by commas or blanks of any kind.

    >>> split_identifiers("2401.00001,2401.00002 math/0309136")
    ['2401.00001', '2401.00002', 'math/0309136']
    """
    return text.replace(",", " ").split()
