from datetime import date

from app.db.session import Database
from app.domain.harvest import PaperRecord
from indexer.seams import SeamWatch, load_seam_days, save_seam_days
from tests.support.factories import make_id, make_record

OLD, NEXT, TODAY = date(2024, 3, 4), date(2024, 3, 5), date(2026, 11, 20)


def page(*numbers: int, day: date = OLD) -> list[PaperRecord]:
    return [make_record(make_id(number), datestamp=day) for number in numbers]


def test_a_paper_that_left_a_cut_day_disturbs_it() -> None:
    watch = SeamWatch(settled_from=TODAY)
    assert watch.note_page(page(1, 2), OLD) == OLD
    watch.note_page(page(4) + page(2, day=TODAY), None)
    assert watch.find_disturbed_days() == {OLD}


def test_a_paper_of_a_day_that_no_boundary_cuts_disturbs_nothing() -> None:
    watch = SeamWatch(settled_from=TODAY)
    assert watch.note_page(page(1) + page(2, day=NEXT), NEXT) == NEXT
    watch.note_page(page(3, day=NEXT) + page(1, day=TODAY), None)
    assert watch.find_disturbed_days() == set()


def test_days_that_the_next_run_reads_again_are_left_to_it() -> None:
    watch = SeamWatch(settled_from=OLD)
    assert watch.note_page(page(1, 2), OLD) is None
    watch.note_page(page(1, day=TODAY), None)
    assert watch.find_disturbed_days() == set()


def test_cut_days_are_kept_by_cursor_and_forgotten_when_emptied(database: Database) -> None:
    with database.transaction() as tx:
        save_seam_days(tx, "arXivRaw:*", {NEXT, OLD})
        save_seam_days(tx, "arXivRaw:cs:cs:LG", {TODAY})
    with database.read() as tx:
        assert load_seam_days(tx, "arXivRaw:*") == {OLD, NEXT}
        assert load_seam_days(tx, "arXiv:*") == set()
    with database.transaction() as tx:
        save_seam_days(tx, "arXivRaw:*", set())
    with database.read() as tx:
        assert load_seam_days(tx, "arXivRaw:*") == set()
        assert load_seam_days(tx, "arXivRaw:cs:cs:LG") == {TODAY}
