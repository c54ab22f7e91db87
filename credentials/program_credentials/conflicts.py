"""What a caller is told when one of this family's constraints refuses a write."""

from credentials_portal.problems import CONSTRAINT_PROBLEMS, Conflict


class HasAwards(Conflict):
    slug, title = "has-awards", "The certificate has awards"
    detail = "What was awarded stays. To end new awards, make the program or course inactive."


CONSTRAINT_PROBLEMS.update(
    {
        "credentials_program_program_id_once": Conflict("A program of this program_id exists."),
        "credentials_course_course_id_once": Conflict(
            "A course of this course_id and certificate_type exists."
        ),
        "credentials_usercredential_program_id_same_tenant": HasAwards(),
        "credentials_usercredential_course_id_same_tenant": HasAwards(),
    }
)
