"""Addresses of source code and data in abstracts and comments."""

import re

CODE_HOSTS = (
    "github.com",
    "github.io",
    "gitlab.com",
    "codeberg.org",
    "bitbucket.org",
    "sourceforge.net",
    "git.sr.ht",
    "huggingface.co",
    "zenodo.org",
    "osf.io",
    "figshare.com",
    "kaggle.com",
    "colab.research.google.com",
    "codeocean.com",
    "dataverse.harvard.edu",
    "ascl.net",
)
"""Hosts whose pages are code or data; hosts below them count too, as in `who.github.io`."""

_ADDRESS = re.compile(
    r"(?<![\w@])(?:https?://)?(?:[\w-]+\.)*(?:"
    + "|".join(map(re.escape, CODE_HOSTS))
    + r"|gitlab(?:\.[\w-]+)+)(?![\w.-]*\w\.[a-z])(?=[/\s\\)\]}>,;.'\"]|$)"
    r"|(?<![\w@])10\.5281/zenodo\.[0-9]+",
    re.IGNORECASE,
)
"""`gitlab` alone: many universities run their own."""

_MARKS = tuple({host.rpartition(".")[0] for host in CODE_HOSTS})


def holds_code_address(text: str) -> bool:
    r"""Whether a text names a place where code or data is kept.

    >>> holds_code_address(r"Code: \url{https://github.com/a/b}.")
    True
    >>> holds_code_address("We study the GitHub community (mail: me@github.com).")
    False
    """
    # Nearly every text fails these, at a tenth of the cost of the pattern.
    lowered = text.lower()
    if "." not in lowered or not any(mark in lowered for mark in _MARKS):
        return False
    return _ADDRESS.search(text) is not None
