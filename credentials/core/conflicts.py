"""What a caller is told when a constraint that all families share refuses a write."""

from django.apps import apps

from credentials.core.models import HeldCredential
from credentials_portal.problems import CONSTRAINT_PROBLEMS, Conflict


class NotAMember(Conflict):
    slug, title = "not-a-member", "The holder is not a member"
    detail = "Only a member of the organization can hold its credentials."


def register() -> None:
    for model in apps.get_app_config("credentials").get_models():
        if issubclass(model, HeldCredential):
            table = model._meta.db_table
            CONSTRAINT_PROBLEMS[f"{table}_holder_id_same_tenant"] = NotAMember()
