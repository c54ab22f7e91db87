from django.db import migrations

from tenants.operations import RaiseWall, SameTenant, TrackRows


class Migration(migrations.Migration):
    dependencies = [("credentials", "0004_program_credentials"), ("tenants", "0003_walls")]

    operations = [
        RaiseWall("credentials_program"),
        RaiseWall("credentials_course"),
        RaiseWall("credentials_usercredential"),
        RaiseWall("credentials_attribute"),
        SameTenant("credentials_usercredential", "holder_id", "tenants_membership", "user_id"),
        SameTenant("credentials_usercredential", "program_id", "credentials_program"),
        SameTenant("credentials_usercredential", "course_id", "credentials_course"),
        SameTenant("credentials_attribute", "user_credential_id", "credentials_usercredential"),
        TrackRows("credentials_usercredential", "usercredential", key="uuid"),
    ]
