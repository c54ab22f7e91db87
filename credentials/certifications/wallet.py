from credentials.certifications.models import Certification, CertificationType
from credentials.certifications.records import MEMBER, TODAY, TYPE
from credentials.certifications.validity import Validity, condition
from credentials.core.wallets import Catalogue, Kind, Status, Text

KIND = Kind(
    name="certification",
    family="certification_records",
    model=Certification,
    title=f"coalesce((select t.title from {TYPE}), nullif(r.issuer_name, ''), 'Certification')",
    issuer="nullif(r.issuer_name, '')",
    issued_at="r.issued_on::timestamp at time zone 'UTC'",
    # When its last day is over; the last one of the calendar is not quite.
    expires_at="least((r.expires_on + 1)::timestamp, timestamp '9999-12-31 23:59:59.999999')"
    " at time zone 'UTC'",
    # What was put away or found untrue is that, whatever its days; else the days decide.
    statuses={
        Status.ARCHIVED: "r.lifecycle_status = 'archived'",
        Status.REJECTED: "r.verification_status = 'rejected'",
        Status.EXPIRED: condition(Validity.EXPIRED, TODAY),
        Status.NOT_YET_VALID: condition(Validity.NOT_YET_VALID, TODAY),
        Status.PENDING: "r.verification_status = 'pending'",
        Status.UNVERIFIED: "r.verification_status = 'unverified'",
    },
    has_page="r.lifecycle_status = 'active' and r.verification_status <> 'rejected' and"
    f" exists (select from {MEMBER} and m.user_id is not null and m.status <> 'pending')",
    holder="membership_id",
    catalogues=(
        Catalogue(
            "certification_type_id", CertificationType, "title", "t.owner in (0, %(tenant)s)"
        ),
    ),
    # What has no type is called by its issuer.
    text=Text("issuer_name", only="r.certification_type_id is null"),
    serial_number="serial_number",
)
