"""What a page costs does not grow by the fields of the rows before it."""

from django.db import connection

from credentials.core.records import Filter, Records
from credentials.models import Course
from credentials.program_credentials.serializers import CourseSerializer
from tenants.models import Tenant
from tests.factories import course as make_course


def test_the_records_before_a_page_are_not_made(acme: Tenant) -> None:
    for number in range(5):
        make_course(acme, course_id=f"course {number}")
    counted = "'course ' || nextval('made')"
    with connection.cursor() as cursor:
        cursor.execute("create temp sequence made; grant usage on sequence made to public")
    courses = Records(Course, CourseSerializer, values={"title": counted})

    count, items = courses.page(acme.pk, Filter(), order="r.id desc", offset=2, limit=2)

    assert count == 5
    assert b'"title":"course 1"' in items
    assert b'"course_id":"course 2"' in items
    with connection.cursor() as cursor:
        cursor.execute("select last_value from made")
        assert cursor.fetchone() == (2,)
