import re
from datetime import UTC, datetime

from tenants.ids import new_uuid


def test_a_new_uuid_is_of_version_7() -> None:
    made = new_uuid()

    assert made.version == 7
    assert made.variant == "specified in RFC 4122"
    assert re.fullmatch(
        r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", str(made)
    )


def test_it_begins_with_the_time_in_milliseconds() -> None:
    before = datetime.now(UTC).timestamp()
    made = new_uuid()
    after = datetime.now(UTC).timestamp()

    assert int(before * 1000) <= made.int >> 80 <= int(after * 1000) + 1


def test_no_two_are_the_same_even_within_a_millisecond() -> None:
    made = [new_uuid() for _ in range(10_000)]

    assert len(set(made)) == len(made)
    # Every one of the 74 random bits takes both values.
    ones = zeros = 0
    for each in made:
        ones |= each.int
        zeros |= ~each.int
    random_bits = (0xFFF << 64) | (2**62 - 1)
    assert ones & random_bits == zeros & random_bits == random_bits
