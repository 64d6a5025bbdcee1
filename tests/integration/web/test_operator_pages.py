"""The operator pages as a reader without scripts, and a cache, meet them."""

import gzip
from urllib.parse import parse_qsl

import pytest
from starlette.testclient import TestClient

from app.api.operators.catalogue import OPERATORS
from app.web.operator_catalogue import PAGES, OperatorPage
from tests.support.pages import fetch

SLUGS = [page.slug for page in PAGES]

# One number of each example, from the posts' own worked cases.
EXAMPLE_NUMBERS = {
    "softmax": "0.244728",
    "top-k": "0.694413",
    "nope": "0.292893",
    "rope": "6.5",
    "batch-size": "0.0815321",
    "low-rank": "0.00498442",
    "vector-quantization": "0.13",
}


def test_there_is_a_page_for_each_group_of_operators() -> None:
    groups = {operator.post.group: operator.post.number for operator in OPERATORS.values()}

    assert {page.slug: page.post for page in PAGES} == groups


def test_the_index_and_the_navigation_lead_to_the_pages(client: TestClient) -> None:
    index = fetch(client, "/operators")

    assert index.links("//li[@class='operator-card']//a") == [page.address for page in PAGES]
    assert "/operators" in fetch(client, "/").links("//nav[@aria-label='Site']//a")


@pytest.mark.parametrize("slug", SLUGS)
def test_a_page_shows_its_example_as_a_table(client: TestClient, slug: str) -> None:
    page = fetch(client, f"/operators/{slug}")

    assert page.status == 200
    assert EXAMPLE_NUMBERS[slug] in page.texts("//div[@id='numbers-tables']//td")
    assert "need JavaScript" in page.main
    assert page.find("//math")


@pytest.mark.parametrize("page", PAGES, ids=SLUGS)
def test_presets_set_controls_that_the_page_has(client: TestClient, page: OperatorPage) -> None:
    source = fetch(client, page.address)
    choices = {field.get("name") for field in source.find("//form[@id='controls']//select")}
    names = {field.get("name") for field in source.find("//form[@id='controls']//*[@name]")}

    assert page.presets[0].query == ""
    assert len({preset.name for preset in page.presets}) == len(page.presets)
    for preset in page.presets:
        given = dict(parse_qsl(preset.query))
        assert given.keys() <= names, preset.name
        for name in given.keys() & choices:
            values = [
                option.get("value") for option in source.find(f"//select[@name='{name}']/option")
            ]
            assert given[name] in values, preset.name


def test_further_posts_are_a_sentence_of_their_own(client: TestClient) -> None:
    assert ". Further posts: 6620, 9085. As JSON" in fetch(client, "/operators/softmax").main


@pytest.mark.parametrize("slug", SLUGS)
def test_scripts_come_from_here_and_nothing_is_inline(client: TestClient, slug: str) -> None:
    page = fetch(client, f"/operators/{slug}")
    policy = page.headers["content-security-policy"]

    assert "script-src 'self';" in policy
    assert "style-src 'self';" in policy
    assert "unsafe" not in policy
    assert page.find("//*[@style]") == []
    assert page.find("//script[not(@src)]") == []
    for script in page.find("//script"):
        assert client.get(script.get("src", "")).status_code == 200
    for sheet in page.find("//link[@rel='stylesheet']"):
        assert client.get(sheet.get("href", "")).status_code == 200


def test_only_pages_with_plots_may_show_drawn_images(client: TestClient) -> None:
    assert "data:" in client.get("/operators/rope").headers["content-security-policy"]
    assert "data:" not in client.get("/help").headers["content-security-policy"]


def test_files_are_kept_for_good_under_addresses_that_change_with_them(client: TestClient) -> None:
    page = fetch(client, "/operators/softmax")
    addresses = [script.get("src", "") for script in page.find("//script")]

    assert any(address.endswith("/operators/softmax.js") for address in addresses)
    for address in addresses:
        response = client.get(address)
        assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert response.headers["content-type"].startswith("text/javascript")


def test_the_plotting_library_is_compressed_for_those_who_take_it(client: TestClient) -> None:
    address = fetch(client, "/operators/softmax").find("//script[@defer]")[0].get("src", "")
    assert address.startswith("/static/vendor/plotly-")

    with client.stream("GET", address, headers={"Accept-Encoding": "gzip"}) as response:
        compressed = b"".join(response.iter_raw())
    plain = client.get(address, headers={"Accept-Encoding": "identity"})

    assert response.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert gzip.decompress(compressed) == plain.content
    assert len(compressed) < len(plain.content) / 3


def test_an_unknown_page_is_not_found(client: TestClient) -> None:
    page = fetch(client, "/operators/otters")

    assert page.status == 404
    assert "/operators lists them all" in page.main
