from credentials.core.wallets import Kind, Status, Text
from credentials.micro_credentials.models import MicroCredential

KIND = Kind(
    name="micro_credential",
    family="micro_credentials",
    model=MicroCredential,
    live="r.state = 1",
    title="r.title",
    issued_at="r.issued_at",
    expires_at="r.expires_at",
    statuses={
        Status.EXPIRED: "r.expires_at <= now()",
        Status.NOT_YET_VALID: "r.issued_at > now()",
    },
    text=Text("title"),
)
