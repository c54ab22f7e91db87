from django.db import migrations, models
from django.db.models import Q

from tenants.operations import GrantToTenants

# Until now addresses were given by operators and superusers alone, as they are now verified by.
VERIFY_THE_GIVEN = "update users_user set email_verified_at = now() where email <> ''"


class Migration(migrations.Migration):
    dependencies = [("users", "0001_initial"), ("tenants", "0003_walls")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="email_verified_at",
            field=models.DateTimeField(
                blank=True, editable=False, null=True, verbose_name="email address verified"
            ),
        ),
        migrations.RunSQL(VERIFY_THE_GIVEN, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=Q(("email_verified_at", None)) | Q(("email", ""), _negated=True),
                name="users_user_verified_email_present",
            ),
        ),
        # By which the recipient of what is issued to an address is found.
        GrantToTenants("users_user", "select (email_verified_at)"),
    ]
