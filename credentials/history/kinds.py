"""What events are about, and the scope with which an API token may read of it."""

SCOPES = {
    "apitoken": "organizations",
    "assertion": "organization_credentials",
    "attribute": "program_credentials",
    "certification": "certification_records",
    "certificationtype": "certification_types",
    "course": "program_credentials",
    "credentialdefinition": "organization_credentials",
    "diploma": "diplomas",
    "diplomafile": "diplomas",
    "diplomatitle": "diplomas",
    "image": "organization_credentials",
    "issuerprofile": "organization_credentials",
    "jobrole": "job_roles",
    "jobroleassignment": "job_roles",
    "membership": "organization_members",
    "microcredential": "micro_credentials",
    "program": "program_credentials",
    "qualification": "qualifications",
    "requirement": "qualifications",
    "tenant": "organizations",
    "user": "organization_members",
    "usercredential": "program_credentials",
}
KINDS = list(SCOPES)
# What changed about a person's account is nobody's business but the platform's.
OF_PEOPLE = "user"
