"""What is loaded is set aside, and what comes later is still collected."""

import gc
import weakref
from collections.abc import Iterator

import pytest

from app.garbage import set_loaded_objects_aside


class Knot:
    """An object that holds itself."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    threshold = gc.get_threshold()
    yield
    gc.set_threshold(*threshold)
    gc.unfreeze()


def test_loaded_objects_are_no_longer_searched() -> None:
    kept = Knot()

    set_loaded_objects_aside()

    assert gc.get_freeze_count() > 1_000
    assert not any(each is kept for each in gc.get_objects())


def test_later_knots_are_still_collected() -> None:
    set_loaded_objects_aside()
    knot = Knot()
    watched = weakref.ref(knot)

    del knot
    gc.collect()

    assert watched() is None
