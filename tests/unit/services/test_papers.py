"""One paper by any written form of its identifier."""

import pytest

from app.domain.errors import InvalidArxivIdError, PaperDeletedError, PaperNotFoundError
from app.services.use_cases import UseCases
from tests.support.factories import COMPASS_ID, OTTER_ID
from tests.support.library import GONE_ID, REVISED_ID


@pytest.mark.parametrize(
    "written",
    [
        COMPASS_ID,
        "hep-th/9901001v1",
        "arXiv:hep-th/9901001",
        "https://arxiv.org/abs/hep-th/9901001",
        "10.48550/arXiv.hep-th/9901001",
    ],
)
def test_every_written_form_leads_to_the_paper(use_cases: UseCases, written: str) -> None:
    answer = use_cases.papers.get_paper(written)

    assert answer.paper.arxiv_id.value == COMPASS_ID
    assert answer.paper.title == "Schrödinger's compass and the missing pole"
    assert answer.version_note == ""


@pytest.mark.parametrize(
    ("written", "note"),
    [
        (f"{OTTER_ID}v1", "that of version 2"),
        (f"{OTTER_ID}v3", "newest known here is 2"),
        (f"{OTTER_ID}v2", ""),
        (OTTER_ID, ""),
    ],
)
def test_another_version_than_asked_for_is_said(
    use_cases: UseCases, written: str, note: str
) -> None:
    answer = use_cases.papers.get_paper(written)

    assert (note in answer.version_note) if note else answer.version_note == ""


def test_the_history_holds_what_was_superseded(use_cases: UseCases) -> None:
    answer = use_cases.papers.get_paper(REVISED_ID)

    assert answer.paper.title == "Umbrellas, revised"
    assert [entry.title for entry in answer.history] == ["Umbrellas, first draft"]


def test_a_deleted_record_differs_from_an_unknown_paper(use_cases: UseCases) -> None:
    with pytest.raises(PaperDeletedError, match=GONE_ID):
        use_cases.papers.get_paper(GONE_ID)
    with pytest.raises(PaperNotFoundError, match=r"https://arxiv\.org/abs/2401\.00001") as caught:
        use_cases.papers.get_paper("2401.00001")
    assert not isinstance(caught.value, PaperDeletedError)
    with pytest.raises(InvalidArxivIdError):
        use_cases.papers.get_paper("otters")
