from django.db import migrations

from tenants.operations import RaiseWall, SameTenant, TrackRows

TYPES = "credentials_certificationtype"


def names_type(table: str) -> migrations.RunSQL:
    """Of the tenant's own types or of the standard ones: `type_owner` is one of the two."""
    name = f"{table}_type_within_reach_key"
    return migrations.RunSQL(
        f"alter table {table} add constraint {name} foreign key"
        f" (type_owner, certification_type_id) references {TYPES} (owner, id)",
        f"alter table {table} drop constraint {name}",
    )


# Everybody reads the standard types; the platform keeps them.
SHARE = f"""
do $$ begin
    execute format('create policy {TYPES}_standard on {TYPES} for select to %I using (owner = 0)',
        session_user || '_tenant');
end $$;
"""


class Migration(migrations.Migration):
    dependencies = [("credentials", "0008_certifications"), ("tenants", "0003_walls")]

    operations = [
        RaiseWall(TYPES),
        migrations.RunSQL(SHARE, f"drop policy {TYPES}_standard on {TYPES}"),
        RaiseWall("credentials_certification"),
        TrackRows("credentials_certification", "certification", key="uuid"),
        RaiseWall("credentials_qualification"),
        RaiseWall("credentials_requirement"),
        RaiseWall("credentials_requirementtype"),
        RaiseWall("credentials_jobrole"),
        RaiseWall("credentials_jobrolequalification"),
        RaiseWall("credentials_jobroleassignment"),
        SameTenant("credentials_certification", "membership_id", "tenants_membership"),
        names_type("credentials_certification"),
        SameTenant("credentials_requirement", "qualification_id", "credentials_qualification"),
        SameTenant("credentials_requirementtype", "requirement_id", "credentials_requirement"),
        names_type("credentials_requirementtype"),
        SameTenant("credentials_jobrolequalification", "job_role_id", "credentials_jobrole"),
        SameTenant(
            "credentials_jobrolequalification", "qualification_id", "credentials_qualification"
        ),
        SameTenant("credentials_jobroleassignment", "membership_id", "tenants_membership"),
        SameTenant("credentials_jobroleassignment", "job_role_id", "credentials_jobrole"),
    ]
