from django.db import migrations

NAMES = ("username", "email", "first_name", "last_name")


class Migration(migrations.Migration):
    """People are found by how their names begin, without regard to case, however many they are."""

    dependencies = [("users", "0002_email_verified")]

    operations = [
        migrations.RunSQL(
            f"create index users_user_{name}_begins on users_user"
            f" (upper({name}::text) text_pattern_ops)",
            f"drop index users_user_{name}_begins",
        )
        for name in NAMES
    ]
