from django.db import migrations, models


class Migration(migrations.Migration):
    """By which a person's credentials, and any credential by a few words, are found."""

    dependencies = [("credentials", "0011_diplomas_walls")]

    operations = [
        migrations.AddIndex(
            model_name="usercredential",
            index=models.Index(
                condition=models.Q(("holder__isnull", False)),
                fields=["tenant", "holder", "id"],
                name="usercredential_of_holder",
            ),
        ),
        migrations.AddIndex(
            model_name="usercredential",
            index=models.Index(
                condition=models.Q(("holder__isnull", True)),
                fields=["tenant", "id"],
                name="usercredential_awaited",
            ),
        ),
        migrations.AddIndex(
            model_name="assertion",
            index=models.Index(
                condition=models.Q(("holder__isnull", True)),
                fields=["tenant", "id"],
                name="assertion_awaited",
            ),
        ),
        migrations.AddIndex(
            model_name="certification",
            index=models.Index(
                condition=models.Q(("serial_number__isnull", False)),
                fields=["tenant", "serial_number", "id"],
                name="certification_of_serial",
            ),
        ),
    ]
