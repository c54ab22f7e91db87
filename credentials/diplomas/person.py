"""The base of this family's endpoints, and of those below `users/{user_id}/`."""

import re
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from rest_framework.request import Request

from credentials.core.people import PersonInPathView
from credentials.core.views import CredentialView
from credentials.diplomas.fields import MAX_NUMBER, NOT_A_NUMBER
from credentials.diplomas.records import is_member
from credentials_portal.problems import InputError, InvalidInput, NotFound
from tenants.models import Role

ME = "me"
NUMBER = re.compile(r"0|-?[1-9][0-9]{0,15}", re.ASCII)


class DiplomaFamilyView(CredentialView):
    """A person's session token says in which organization they act."""

    family: ClassVar[str | None] = "diplomas"
    needs_session = True


class PersonView(PersonInPathView, DiplomaFamilyView):
    """The person in the path is the caller; an issuer may name any member."""

    person: str

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Told apart from the record's id, which has other spellings."""
        self.person = kwargs.pop("user_id")
        return super().dispatch(request, *args, **kwargs)

    def admit(self, request: Request) -> None:
        super().admit(request)
        self.person_id = self.find_person()

    def find_person(self) -> int:
        """Raises InvalidInput (400), or NotFound for whom the caller may not see."""
        caller = self.caller
        number = caller.user_id if self.person == ME else as_number(self.person)
        is_own = number == caller.user_id
        if is_own and not caller.is_superuser:
            return number
        # Whoever may not read of others is not told who there is.
        if not is_own and not self.access.has(Role.ISSUER):
            raise NotFound
        if not is_member(self.access.tenant_id, number):
            raise NotFound
        return number

    @property
    def is_own(self) -> bool:
        return self.person_id == self.caller.user_id


def as_number(text: str) -> int:
    number = int(text) if NUMBER.fullmatch(text) else None
    if number is None or abs(number) > MAX_NUMBER:
        raise InvalidInput(errors=[InputError("/userId", "invalid", NOT_A_NUMBER)])
    return number
