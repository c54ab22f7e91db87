from django.apps import AppConfig


class CredentialsConfig(AppConfig):
    name = "credentials"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import credentials.certifications.checks
        import credentials.certifications.conflicts
        import credentials.diplomas.conflicts
        import credentials.organization_credentials.claims
        import credentials.organization_credentials.conflicts
        import credentials.program_credentials.claims
        import credentials.program_credentials.conflicts  # noqa: F401
        from credentials.core import conflicts

        conflicts.register()
