from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tenants", "0007_invitations_withdrawn")]

    operations = [
        migrations.AddField(
            model_name="tenant",
            name="stored_bytes",
            field=models.BigIntegerField(default=0, editable=False),
        ),
        migrations.AddConstraint(
            model_name="tenant",
            constraint=models.CheckConstraint(
                condition=models.Q(stored_bytes__gte=0),
                name="tenants_tenant_stored_not_negative",
            ),
        ),
    ]
