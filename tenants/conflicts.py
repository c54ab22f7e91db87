"""What a caller is told when one of this app's constraints refuses a write."""

from credentials_portal.problems import CONSTRAINT_PROBLEMS, Conflict


class LastOwner(Conflict):
    slug, title = "last-owner", "An organization keeps at least one owner"
    detail = "The last owner can neither leave nor be given a smaller role."


CONSTRAINT_PROBLEMS.update(
    {
        "tenants_membership_last_owner": LastOwner(),
        "tenants_membership_person_once_per_tenant": Conflict("This person is a member already."),
        "tenants_membership_one_primary_per_person": Conflict(
            "This person has another primary organization."
        ),
        "tenants_membership_invited_once": Conflict("This address is invited already."),
        "tenants_membership_external_id_once": Conflict("This external id is another member's."),
        "tenants_apitoken_live_name_once_per_tenant": Conflict(
            "A live API token of this name exists."
        ),
        "tenants_tenant_slug_key": Conflict("This slug is taken."),
    }
)
