from django.db import migrations

from tenants.operations import GrantToTenants


class Migration(migrations.Migration):
    """The admin's pages ask for the content type of what they show, in a tenant's scope too."""

    dependencies = [
        ("tenants", "0003_walls"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [GrantToTenants("django_content_type", "select")]
