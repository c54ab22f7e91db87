from django.db import migrations

from tenants.operations import RaiseWall, SameTenant, TrackRows


class Migration(migrations.Migration):
    dependencies = [("credentials", "0001_initial"), ("tenants", "0003_walls")]

    operations = [
        RaiseWall("credentials_microcredential"),
        SameTenant("credentials_microcredential", "holder_id", "tenants_membership", "user_id"),
        TrackRows(
            "credentials_microcredential", "microcredential", key="uuid", counted="r.state = 1"
        ),
    ]
