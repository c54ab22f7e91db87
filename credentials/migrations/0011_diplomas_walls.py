from django.db import migrations

from tenants.operations import RaiseWall, SameTenant
from tenants.stored_bytes import CountBytes


class Migration(migrations.Migration):
    dependencies = [("credentials", "0010_diplomas"), ("tenants", "0008_stored_bytes")]

    operations = [
        RaiseWall("credentials_diplomatitle"),
        RaiseWall("credentials_diploma"),
        RaiseWall("credentials_diplomafile"),
        SameTenant("credentials_diploma", "holder_id", "tenants_membership", "user_id"),
        SameTenant("credentials_diploma", "title_id", "credentials_diplomatitle"),
        SameTenant("credentials_diplomafile", "diploma_id", "credentials_diploma"),
        CountBytes("credentials_diplomafile", size="size", counted="r.key is not null"),
    ]
