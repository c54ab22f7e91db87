from typing import ClassVar

from django.http import HttpResponse
from rest_framework.request import Request

from credentials.certifications import verifying
from credentials.certifications.records import subject
from credentials.certifications.schema import documented_verification
from credentials.certifications.serializers import VerificationSerializer
from credentials.certifications.views import RecordView
from credentials.core.records import respond
from credentials_portal.problems import Forbidden
from tenants.access import Open
from tenants.models import Role


@documented_verification
class VerificationView(RecordView):
    roles: ClassVar[dict[str, Role | Open]] = {"create": Role.ISSUER}

    def create(self, request: Request, record: str) -> HttpResponse:
        row = self.locked(record)
        user_id = subject(row)
        if user_id == self.caller.user_id:
            raise Forbidden("Nobody verifies a record of their own.")
        self.check_unchanged(record)
        sent = self.valid(VerificationSerializer, request.data)
        found = verifying.verdict(row, user_id, sent)
        verifying.verify(row, found, sent["method"], by=self.actor)
        return respond(self.found(record).json)
