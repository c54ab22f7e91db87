from django.db import migrations

from tenants.operations import RaiseWall, SameTenant


class Migration(migrations.Migration):
    dependencies = [("credentials", "0010_diplomas"), ("tenants", "0003_walls")]

    operations = [
        RaiseWall("credentials_diplomatitle"),
        RaiseWall("credentials_diploma"),
        RaiseWall("credentials_diplomafile"),
        SameTenant("credentials_diploma", "holder_id", "tenants_membership", "user_id"),
        SameTenant("credentials_diploma", "title_id", "credentials_diplomatitle"),
        SameTenant("credentials_diplomafile", "diploma_id", "credentials_diploma"),
    ]
