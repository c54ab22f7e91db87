from django.db import migrations, models


class Migration(migrations.Migration):
    """By which the admin's front page and its searches find their rows."""

    dependencies = [("credentials", "0012_wallet"), ("tenants", "0008_stored_bytes")]

    operations = [
        migrations.AddIndex(
            model_name="assertion",
            index=models.Index(fields=["tenant", "awarded_at"], name="assertion_by_award"),
        ),
        migrations.AddIndex(
            model_name="assertion",
            index=models.Index(
                condition=models.Q(("revoked_at__isnull", False)),
                fields=["tenant", "revoked_at"],
                name="assertion_by_revocation",
            ),
        ),
        migrations.AddIndex(
            model_name="assertion",
            index=models.Index(
                condition=models.Q(("expires_at__isnull", False), ("status", "awarded")),
                fields=["tenant", "expires_at"],
                name="assertion_expiring",
            ),
        ),
        migrations.AddIndex(
            model_name="assertion",
            index=models.Index(
                condition=models.Q(("holder__isnull", True)),
                fields=["tenant", "identity_key"],
                name="assertion_awaited_name",
                opclasses=["int8_ops", "text_pattern_ops"],
            ),
        ),
        migrations.AddIndex(
            model_name="microcredential",
            index=models.Index(
                condition=models.Q(("state", 1)),
                fields=["tenant", "expires_at"],
                name="microcredential_expiring",
            ),
        ),
        migrations.AddIndex(
            model_name="usercredential",
            index=models.Index(fields=["tenant", "awarded_at"], name="usercredential_by_award"),
        ),
        migrations.AddIndex(
            model_name="usercredential",
            index=models.Index(
                condition=models.Q(("revoked_at__isnull", False)),
                fields=["tenant", "revoked_at"],
                name="usercredential_by_revocation",
            ),
        ),
        migrations.AddIndex(
            model_name="usercredential",
            index=models.Index(
                condition=models.Q(("holder__isnull", True)),
                fields=["tenant", "username_key"],
                name="usercredential_awaited_name",
                opclasses=["int8_ops", "text_pattern_ops"],
            ),
        ),
        migrations.RemoveIndex(model_name="diploma", name="diploma_of_holder"),
        migrations.AddIndex(
            model_name="diploma",
            index=models.Index(fields=["tenant", "holder", "id"], name="diploma_of_holder"),
        ),
        # Of the history, the few events that the front page tells.
        migrations.RunSQL(
            "create index tenants_event_told on tenants_event (tenant_id, action, id)"
            " where action in ('imported', 'mail_failed')",
            "drop index tenants_event_told",
        ),
    ]
