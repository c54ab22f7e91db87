from django.db import migrations

from tenants.operations import (
    AppendOnly,
    CreateRoles,
    GrantToTenants,
    KeepAnOwner,
    RaiseWall,
    SameTenant,
    TrackRows,
)

NAMES_OF_PEOPLE = "select (id, uuid, username, email, first_name, last_name, state)"


class Migration(migrations.Migration):
    dependencies = [("tenants", "0002_initial"), ("users", "0001_initial")]

    operations = [
        CreateRoles(),
        GrantToTenants("users_user", NAMES_OF_PEOPLE),
        RaiseWall("tenants_tenant", column="id", privileges="select, update"),
        RaiseWall("tenants_membership"),
        RaiseWall("tenants_apitoken"),
        RaiseWall("tenants_lookup"),
        RaiseWall("tenants_rowcount"),
        RaiseWall("tenants_storedanswer"),
        RaiseWall("tenants_event", privileges="select, insert"),
        RaiseWall("tenants_eventcontent", privileges="select, insert"),
        SameTenant("tenants_apitoken", "user_id", "tenants_membership", "user_id"),
        SameTenant("tenants_eventcontent", "event_id", "tenants_event"),
        AppendOnly("tenants_event"),
        KeepAnOwner(),
        TrackRows("tenants_apitoken", "apitoken", key="key_hash"),
    ]
