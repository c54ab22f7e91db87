from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper

from credentials.core.models import HeldCredential
from tenants.ownership import TenantOwned

TEXT_LENGTH = 255
DIGEST_BYTES = 32  # SHA-256
# Names a row of the same tenant: the key is a composite one, in the migration.
KEPT: dict[str, Any] = {"related_name": "+", "db_index": False, "db_constraint": False}


class DiplomaTitle(TenantOwned):
    """What a diploma is of; a title in use stays."""

    name = models.CharField(max_length=TEXT_LENGTH)
    created_at = models.DateTimeField(auto_now_add=True)
    modified_at = models.DateTimeField(auto_now=True)

    class Meta(TenantOwned.Meta):
        ordering = ["-id"]
        constraints = [
            *TenantOwned.Meta.constraints,
            models.CheckConstraint(
                condition=~Q(name=""), name="credentials_diplomatitle_name_present"
            ),
            models.UniqueConstraint(
                "tenant", Upper("name"), name="credentials_diplomatitle_name_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Diploma(HeldCredential):
    """A member's diploma. Deleted, it is kept, and seen by administrators alone."""

    title = models.ForeignKey(DiplomaTitle, models.PROTECT, **KEPT)
    obtained_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta(HeldCredential.Meta):
        ordering = ["-id"]
        indexes = [
            # Of any: administrators find deleted ones, too.
            models.Index(fields=["tenant", "holder", "id"], name="diploma_of_holder"),
            # Of any: a title in use cannot be deleted.
            models.Index(fields=["tenant", "title", "id"], name="diploma_of_title"),
        ]

    def __str__(self) -> str:
        return f"{self.holder} · {self.title}"


class DiplomaFile(TenantOwned):
    """The file of a diploma: announced, and stored once its bytes were found to be what was said.

    A diploma has one of each at the most: what is announced takes the place of what is stored when
    it comes. `key` names the object in the store, another one for each upload: a name from outside
    never reaches the store.
    """

    diploma = models.ForeignKey(Diploma, models.PROTECT, **KEPT)
    name = models.CharField(max_length=TEXT_LENGTH)
    content_type = models.CharField(max_length=127)
    size = models.BigIntegerField()
    key = models.UUIDField(null=True, blank=True)
    sha256 = models.BinaryField(max_length=DIGEST_BYTES, null=True, blank=True)
    stored_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            *TenantOwned.Meta.constraints,
            models.CheckConstraint(
                condition=Q(key__isnull=True, sha256__isnull=True, stored_at__isnull=True)
                | Q(key__isnull=False, sha256__isnull=False, stored_at__isnull=False),
                name="credentials_diplomafile_stored_whole",
            ),
            models.CheckConstraint(
                condition=Q(size__gte=1), name="credentials_diplomafile_holds_something"
            ),
            models.CheckConstraint(
                condition=~Q(name="") & ~Q(content_type=""),
                name="credentials_diplomafile_texts_present",
            ),
            models.UniqueConstraint(
                fields=["tenant", "diploma"],
                condition=Q(key__isnull=False),
                name="credentials_diplomafile_stored_once",
            ),
            models.UniqueConstraint(
                fields=["tenant", "diploma"],
                condition=Q(key__isnull=True),
                name="credentials_diplomafile_announced_once",
            ),
            models.UniqueConstraint(
                fields=["tenant", "key"], name="credentials_diplomafile_key_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name
