"""Django looks for admin classes here and nowhere deeper: each family's are in its folder."""

from credentials.micro_credentials.admin import MicroCredentialAdmin

__all__ = ["MicroCredentialAdmin"]
