from credentials.core.wallets import Catalogue, Kind, Status, Text
from credentials.program_credentials.models import Course, Program, UserCredential

KIND = Kind(
    name="program_credential",
    family="program_credentials",
    model=UserCredential,
    title="coalesce("
    "(select t.title from credentials_program t"
    " where t.tenant_id = r.tenant_id and t.id = r.program_id),"
    "(select t.title from credentials_course t"
    " where t.tenant_id = r.tenant_id and t.id = r.course_id))",
    issuer="(select t.name from tenants_tenant t where t.id = r.tenant_id)",
    issued_at="r.awarded_at",
    statuses={Status.REVOKED: "r.status = 'revoked'"},
    awaited="r.username",
    catalogues=(
        Catalogue("program_id", Program, "title"),
        Catalogue("course_id", Course, "title"),
    ),
    text=Text("username", only="r.holder_id is null"),
)
