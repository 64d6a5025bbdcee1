"""Which texts name a place of code or data."""

import pytest

from app.text.code_links import CODE_HOSTS, holds_code_address


@pytest.mark.parametrize(
    "text",
    [
        "Code: https://github.com/a/b.",
        r"available at \url{https://github.com/a/b}",
        "see github.com/a/b, please",
        "(https://who.github.io/page)",
        "https://gitlab.com/group/project",
        "our server gitlab.inria.fr/group/project",
        "https://codeberg.org/a/b",
        "https://bitbucket.org/a/b",
        "weights on https://huggingface.co/a/b",
        "https://zenodo.org/records/123",
        "doi:10.5281/zenodo.123456",
        "HTTPS://GITHUB.COM/A/B",
        "<https://www.github.com/a/b>",
    ],
)
def test_an_address_of_code_is_seen(text: str) -> None:
    assert holds_code_address(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "We study GitHub and GitLab.",
        "write to me@github.com",
        "https://notgithub.com/a",
        "https://github.com.evil.org/a",
        "https://example.org/code",
        "see doi:10.1103/PhysRevD.1",
        "Hugging Face transformers",
    ],
)
def test_other_texts_hold_none(text: str) -> None:
    assert not holds_code_address(text)


@pytest.mark.parametrize("host", CODE_HOSTS)
def test_every_host_counts(host: str) -> None:
    assert holds_code_address(f"at https://{host}/some/place")
