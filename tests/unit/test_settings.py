import pytest

from app.domain.errors import InvalidInputError
from app.settings import ANNOUNCED_ARCHIVES, Settings, load_settings


@pytest.fixture(autouse=True)
def _without_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"PAPERSIFT_{name.upper()}", raising=False)


def test_defaults_keep_everything_in_the_data_folder() -> None:
    settings = load_settings()

    assert settings.resolved_database_url == "sqlite:///data/papersift.db"
    assert str(settings.resolved_index_dir) == "data/index"


def test_variables_are_read_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAPERSIFT_DATA_DIR", "/srv/papersift")
    monkeypatch.setenv("PAPERSIFT_DATABASE_URL", "postgresql+psycopg://localhost/papersift")
    monkeypatch.setenv("PAPERSIFT_OAI_SETS", "cs, physics:hep-th")
    settings = load_settings()

    assert settings.resolved_database_url == "postgresql+psycopg://localhost/papersift"
    assert str(settings.resolved_index_dir) == "/srv/papersift/index"
    assert settings.oai_sets == ("cs", "physics:hep-th")
    assert settings.rss_archives == ANNOUNCED_ARCHIVES


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "http"),
        ("PORT", "70000"),
        ("PACING_SECONDS", "-1"),
        ("OAI_FORMAT", "oai_dc"),
        ("MAX_PAGE_SIZE", "0"),
    ],
)
def test_a_value_that_cannot_be_used_is_named_with_the_reason(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"PAPERSIFT_{name}", value)
    with pytest.raises(InvalidInputError) as caught:
        load_settings()

    assert str(caught.value).startswith(f"PAPERSIFT_{name} cannot be used: ")
    assert repr(value) in str(caught.value)


def test_a_page_cannot_be_larger_than_the_largest_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAPERSIFT_DEFAULT_PAGE_SIZE", "500")
    monkeypatch.setenv("PAPERSIFT_MAX_PAGE_SIZE", "100")

    with pytest.raises(InvalidInputError, match="larger than max_page_size"):
        load_settings()


def test_every_number_states_its_unit_or_what_it_counts() -> None:
    for name, field in Settings.model_fields.items():
        if field.annotation is float:
            assert name.endswith("_seconds"), name
