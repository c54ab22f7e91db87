"""What a caller is told when one of this family's constraints refuses a write."""

from credentials_portal.problems import CONSTRAINT_PROBLEMS, Conflict

CONSTRAINT_PROBLEMS.update(
    {
        "credentials_certification_external_once": Conflict(
            "The member has another record of this external_source and external_id."
        ),
        "credentials_certificationtype_slug_once": Conflict(
            "The organization has a certification type of this slug."
        ),
        "credentials_qualification_slug_once": Conflict(
            "The organization has a qualification of this slug; name another one."
        ),
        "credentials_jobrole_slug_once": Conflict(
            "The organization has a job role of this slug; name another one."
        ),
    }
)
