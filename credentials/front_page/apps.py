from django.contrib.admin.apps import SimpleAdminConfig


class PortalAdminConfig(SimpleAdminConfig):
    """Django's admin, with the portal's site.

    Its pages are found when the urls are: commands, which have none, start in half the time.
    """

    default_site = "credentials.front_page.site.FrontSite"
