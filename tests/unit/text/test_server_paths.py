"""What everybody may read names no folders of the machine."""

import pytest

from app.text.server_paths import hide_folders


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("No such file: '/srv/data/index/3/terms.bin'", "No such file: 'terms.bin'"),
        ("sqlite:////srv/data/p.db could not be used.", "p.db could not be used."),
        ("sqlite+pysqlite:////srv/data/p.db is locked", "p.db is locked"),
        ("sqlite:///data/p.db holds no tables", "sqlite:///data/p.db holds no tables"),
        ("Set it to postgresql+psycopg://who:***@host/name.", None),
        ("arXiv (https://oaipmh.arxiv.org/oai/x) said 503; and/or wait, see /help.", None),
        ("/srv/a/ and (/srv/b/c)", "a/ and (c)"),
    ],
)
def test_only_folders_of_the_machine_are_left_out(message: str, shown: str | None) -> None:
    assert hide_folders(message) == (message if shown is None else shown)
