import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "credentials_portal.settings")
django.setup(set_prefix=False)

from credentials_portal.handler import PortalHandler  # noqa: E402 - needs the settings

application = PortalHandler()
