"""Messages for everybody: without the folders of the machine that they were written on."""

import re

_NAME = r"[^\s/:;,“”\"'()<>]+"
_FOLDERS = re.compile(rf"(?:\bsqlite(?:\+\w+)?:///|(?<![\w/:.]))/(?:{_NAME}/)+(?={_NAME})")


def hide_folders(message: str) -> str:
    """The message with the last names of absolute paths only; web addresses stay.

    >>> hide_folders("/srv/papers/a.json.gz is damaged; see https://arxiv.org/help/bulk")
    'a.json.gz is damaged; see https://arxiv.org/help/bulk'
    """
    return _FOLDERS.sub("", message)
