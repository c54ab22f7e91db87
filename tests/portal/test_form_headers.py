"""The headers of a form's parts are as untrusted as what they stand before."""

import time
from io import BytesIO

import pytest

from credentials_portal.form_fields import Form
from credentials_portal.form_format import MultipartParser
from credentials_portal.problems import MalformedBody
from tests.portal.form_bodies import MULTIPART, framed, head

PART = head("a", "x")


def read(body: bytes) -> Form:
    return MultipartParser().parse(BytesIO(body), MULTIPART)


@pytest.mark.parametrize(
    "unit", [b";", b'\\";', b";a=b", b";a*0=b"], ids=["bare", "escaped", "named", "in pieces"]
)
@pytest.mark.parametrize("opening", [b"", b'; b="'], ids=["outside", "in quotes"])
def test_a_header_of_many_parameters_is_refused_at_once(unit: bytes, opening: bytes) -> None:
    """The library that reads them takes the square of their length."""
    hostile = PART.replace(b'"a"', b'"a"' + opening + unit * 50_000)
    started = time.process_time()

    with pytest.raises(MalformedBody):
        read(framed(hostile))

    assert time.process_time() - started < 0.5


def test_headers_that_say_nothing_cost_nothing() -> None:
    started = time.process_time()

    assert read(framed(b"X-Other: a; b=c\r\n" * 100_000 + PART)) == {"a": "x"}

    assert time.process_time() - started < 1


def test_a_file_name_may_have_semicolons() -> None:
    form = read(framed(head("a", b"x").replace(b"badge", b";".join([b"badge"] * 10))))

    assert form["a"].read() == b"x"


def test_a_name_of_a_million_steps_is_refused_at_once() -> None:
    body = framed(head("a" + ".a" * 3_500_000, "x"))
    started = time.process_time()

    with pytest.raises(MalformedBody):
        read(body)

    assert time.process_time() - started < 0.5
