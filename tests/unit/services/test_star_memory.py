"""One star for a client, paper and day, in bounded memory, and nothing that tells who."""

from datetime import date, timedelta

from app.services.star_memory import Admission, StarLimits, StarMemory

DAY = date(2024, 5, 6)
HOME = "203.0.113.7"
OFFICE = "198.51.100.20"


def admit(
    memory: StarMemory, client: str, paper: str = "2405.00418", *, day: date = DAY, seconds: float
) -> Admission:
    return memory.admit(client, paper, day=day, seconds=seconds)


def test_a_client_stars_a_paper_once_a_day() -> None:
    memory = StarMemory(StarLimits())

    assert admit(memory, HOME, seconds=0) is Admission.COUNTED
    assert admit(memory, HOME, seconds=1) is Admission.REPEATED
    assert admit(memory, OFFICE, seconds=1) is Admission.COUNTED
    assert admit(memory, HOME, "2405.01234", seconds=2) is Admission.COUNTED
    assert admit(memory, HOME, seconds=3, day=DAY + timedelta(days=1)) is Admission.COUNTED


def test_a_network_of_ipv6_addresses_is_one_client() -> None:
    memory = StarMemory(StarLimits())

    assert admit(memory, "2001:db8:1:2::1", seconds=0) is Admission.COUNTED
    assert admit(memory, "2001:db8:1:2:ffff::9%eth0", seconds=0) is Admission.REPEATED
    assert admit(memory, "2001:db8:1:3::1", seconds=0) is Admission.COUNTED
    assert admit(memory, "::ffff:203.0.113.7", seconds=0) is Admission.COUNTED
    assert admit(memory, HOME, seconds=0) is Admission.REPEATED


def test_too_many_stars_within_a_minute_are_refused() -> None:
    memory = StarMemory(StarLimits(stars_per_minute=2))

    assert admit(memory, HOME, "a", seconds=0) is Admission.COUNTED
    assert admit(memory, HOME, "b", seconds=10) is Admission.COUNTED
    assert admit(memory, HOME, "c", seconds=59) is Admission.TOO_MANY
    assert admit(memory, OFFICE, "c", seconds=59) is Admission.COUNTED
    assert admit(memory, HOME, "c", seconds=61) is Admission.COUNTED


def test_a_star_that_was_not_stored_may_be_given_again() -> None:
    memory = StarMemory(StarLimits())
    admit(memory, HOME, seconds=0)

    memory.forget(HOME, "2405.00418")

    assert admit(memory, HOME, seconds=1) is Admission.COUNTED


def test_the_memory_is_bounded_and_holds_no_address_and_no_paper() -> None:
    memory = StarMemory(StarLimits(max_remembered_stars=50))

    for number in range(500):
        admit(memory, f"10.0.{number // 250}.{number % 250}", f"paper{number}", seconds=0)

    kept = [*memory._stars, *memory._requests]
    assert len(kept) <= 2 * 50
    assert {len(each) for each in kept} == {12}
    assert not any(b"paper" in each or b"10.0" in each for each in kept)


def test_two_memories_hash_one_client_differently() -> None:
    memories = [StarMemory(StarLimits()) for _ in range(2)]
    for memory in memories:
        admit(memory, HOME, seconds=0)

    assert not set(memories[0]._stars) & set(memories[1]._stars)
