"""Django looks for models here and nowhere deeper: each family's are imported from its folder."""

from credentials.micro_credentials.models import MicroCredential

__all__ = ["MicroCredential"]
