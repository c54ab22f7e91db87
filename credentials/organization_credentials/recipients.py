"""Whom a username or an email address names in a tenant."""

BEARER = """
select m.user_id from users_user u join tenants_membership m
    on m.tenant_id = {tenant} and m.user_id = u.id and m.status <> 'pending'
where upper(u.{column}) = {key} and {condition}
"""
PROVEN = "u.email <> '' and u.email_verified_at is not null"


def bearer(tenant: str, key: str) -> str:
    """SQL for the user id, of SQL for the tenant and for the name in upper case; twice each.

    An address is proven, a username merely chosen: the address is asked first.
    """
    by_email = BEARER.format(tenant=tenant, column="email", key=key, condition=PROVEN)
    by_username = BEARER.format(tenant=tenant, column="username", key=key, condition="true")
    return f"coalesce(({by_email}), ({by_username}))"
