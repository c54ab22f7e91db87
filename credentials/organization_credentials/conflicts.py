"""What a caller is told whom the state of a definition or assertion refuses."""

from datetime import datetime
from typing import Any

from credentials.core.fields import rfc3339
from credentials_portal.problems import Conflict, Problem


class AlreadyIssued(Conflict):
    slug, title = "already-issued", "The recipient holds this credential already"
    detail = "The recipient holds a live assertion of this definition."


class NotIssuable(Conflict):
    slug, title = "not-issuable", "Nothing can be issued by this definition at present"
    detail = "The definition is withdrawn, or this is not the time of its issue."


class RevocationStands(Conflict):
    slug, title = "revocation-stands", "A revocation stands"
    detail = "A revoked assertion is not restored; issue the credential anew."


class Revoked(Problem):
    """Its members tell programs what `detail` tells people."""

    status, slug, title = 410, "revoked", "The credential was revoked"
    detail = "The credential was revoked by the organization that issued it."

    def __init__(self, reason: str, revoked_at: datetime) -> None:
        super().__init__(reason)
        self.members = {"revocation_reason": reason, "revoked_at": rfc3339(revoked_at)}

    def body(self) -> dict[str, Any]:
        return super().body() | self.members
