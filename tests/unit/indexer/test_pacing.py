import itertools
import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from app.domain.errors import StorageError, UpstreamUnavailableError
from indexer.pacing import MachinePace
from tests.support.harvesting import FakeTime

_CHILD = """
import json, sys, time
from pathlib import Path
from indexer.pacing import MachinePace

pace = MachinePace(Path(sys.argv[1]), pacing_seconds=float(sys.argv[2]))
turns = []
for _ in range(int(sys.argv[3])):
    with pace.turn():
        begin = time.time()
        time.sleep(0.02)
        turns.append((begin, time.time()))
print(json.dumps(turns))
"""


@pytest.fixture
def time() -> FakeTime:
    return FakeTime()


@pytest.fixture
def pace(tmp_path: Path, time: FakeTime) -> MachinePace:
    return MachinePace(tmp_path / "pacing", pacing_seconds=3.0, clock=time.clock)


def take(pace: MachinePace) -> None:
    with pace.turn():
        pass


def test_the_first_turn_comes_at_once(pace: MachinePace, time: FakeTime) -> None:
    take(pace)
    assert time.sleeps == []


def test_the_pace_counts_from_the_end_of_the_turn_before(pace: MachinePace, time: FakeTime) -> None:
    with pace.turn():
        time.sleep(10.0)
    time.sleep(1.0)
    take(pace)
    assert time.sleeps == [10.0, 1.0, 2.0]


def test_a_turn_that_fails_counts_as_a_request(pace: MachinePace, time: FakeTime) -> None:
    with pytest.raises(RuntimeError), pace.turn():
        raise RuntimeError
    take(pace)
    assert time.sleeps == [3.0]


def test_a_postponement_holds_for_every_pace_on_the_same_file(
    pace: MachinePace, time: FakeTime, tmp_path: Path
) -> None:
    pace.postpone(60.0)
    other = MachinePace(tmp_path / "pacing", pacing_seconds=3.0, clock=time.clock)
    take(other)
    assert time.sleeps == [60.0]


def test_a_shorter_postponement_does_not_shorten_a_longer_one(
    pace: MachinePace, time: FakeTime
) -> None:
    pace.postpone(60.0)
    pace.postpone(5.0)
    take(pace)
    assert time.sleeps == [60.0]


def test_a_clock_set_back_never_makes_anybody_wait_longer_than_the_pace(
    pace: MachinePace, time: FakeTime
) -> None:
    take(pace)
    time.moment -= timedelta(days=400)
    take(pace)
    assert time.sleeps == [3.0]


def test_a_clock_set_forward_ends_the_wait(pace: MachinePace, time: FakeTime) -> None:
    take(pace)
    time.moment += timedelta(days=400)
    take(pace)
    assert time.sleeps == []


@pytest.mark.parametrize(
    "content", [b"", b"nonsense", b"nan nan", b"inf 3", b"1 2 3", b"0 1e99", b"0 -5", b"\xff\x00"]
)
def test_a_damaged_file_is_taken_for_an_empty_one(
    pace: MachinePace, time: FakeTime, tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "pacing").write_bytes(content)
    take(pace)
    take(pace)
    assert time.sleeps == [3.0]


def test_who_will_not_wait_so_long_is_told_how_long_it_is(
    pace: MachinePace, time: FakeTime
) -> None:
    pace.postpone(600.0)
    with (
        pytest.raises(UpstreamUnavailableError, match="another 600 s"),
        pace.turn(max_wait_seconds=5.0),
    ):
        raise AssertionError("the turn must not begin")
    assert time.sleeps == []


def test_who_holds_the_turn_is_waited_for_within_limits(
    pace: MachinePace, time: FakeTime, tmp_path: Path
) -> None:
    other = MachinePace(tmp_path / "pacing", pacing_seconds=3.0, clock=time.clock)
    with (
        pace.turn(),
        pytest.raises(UpstreamUnavailableError, match="Another process"),
        other.turn(max_wait_seconds=2.0),
    ):
        raise AssertionError("the turn must not begin")
    assert 2.0 <= sum(time.sleeps) < 2.5


def test_a_file_that_cannot_be_opened_names_the_setting(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    with pytest.raises(StorageError, match="PAPERSIFT_PACING_FILE"):
        take(MachinePace(folder, pacing_seconds=3.0))


def test_a_link_planted_in_a_shared_folder_is_not_followed(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("precious")
    (tmp_path / "pacing").symlink_to(victim)
    with pytest.raises(StorageError):
        take(MachinePace(tmp_path / "pacing", pacing_seconds=3.0))
    assert victim.read_text() == "precious"


def test_two_processes_never_talk_at_once_and_keep_one_pace(tmp_path: Path) -> None:
    pacing_seconds, turns_each = 0.1, 5
    children = [
        subprocess.Popen(
            [sys.executable, "-c", _CHILD, str(tmp_path / "pacing"), str(pacing_seconds), str(5)],
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    turns: list[tuple[float, float]] = []
    for child in children:
        output, _ = child.communicate(timeout=60)
        assert child.returncode == 0
        turns += [tuple(each) for each in json.loads(output)]
    turns.sort()
    assert len(turns) == 2 * turns_each
    for (_, end), (begin, _) in itertools.pairwise(turns):
        assert begin - end >= pacing_seconds - 0.005  # the file keeps milliseconds
