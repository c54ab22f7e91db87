"""Forms of issuers and definitions in the admin; they take what the API takes."""

from typing import Any, ClassVar

from django import forms
from django.contrib.admin.widgets import AdminTextInputWidget
from django.db.models import QuerySet
from rest_framework.serializers import Serializer

from credentials.core.admin_fields import KeptLinesField, KeptListField, KeptTextField
from credentials.core.admin_shapes import SeenForm, told
from credentials.organization_credentials import images, pictures
from credentials.organization_credentials.fields import IMAGES, OWN_IMAGES
from credentials.organization_credentials.models import (
    CredentialDefinition,
    IssuerProfile,
)
from credentials.organization_credentials.pictures import Picture, PictureFault
from credentials.organization_credentials.records import find_issuer
from credentials.organization_credentials.serializers import (
    CREDENTIAL_TYPES,
    DefinitionChangeSerializer,
    DefinitionSerializer,
    IssuerChangeSerializer,
    IssuerSerializer,
)
from tenants import changes

UPLOAD = "_upload"
VALIDITY = ("amount", "duration")


class Suggesting(AdminTextInputWidget):
    """Any text; some are offered."""

    template_name = "admin/suggesting_input.html"

    def __init__(self, suggestions: tuple[str, ...]) -> None:
        super().__init__()
        self.suggestions = suggestions

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        context["widget"]["attrs"]["list"] = f"{name}-known"
        return {**context, "suggestions": self.suggestions}


class ImageLinkField(KeptTextField):
    """A link; an uploaded image has one of this portal's."""

    def shown(self, text: Any) -> str:
        link = super().shown(text)
        return f"{OWN_IMAGES}{link.removeprefix(IMAGES)}" if link.startswith(IMAGES) else link

    def prepare_value(self, value: Any) -> str:
        return self.shown(value)


class UploadField(forms.FileField):
    widget = forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/gif,image/webp"})

    def __init__(self) -> None:
        super().__init__(required=False, label="or upload", help_text="PNG, JPEG, GIF or WebP.")


class TemplateField(KeptLinesField):
    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.widget.attrs |= {"class": "vLargeTextField template", "spellcheck": "false"}


class CatalogueForm(SeenForm):
    """Writes what the API would write of the same body: of a change, what was changed."""

    serializers: ClassVar[tuple[type[Serializer[Any]], type[Serializer[Any]]]]  # new, changed
    images: ClassVar[tuple[str, ...]]

    def clean(self) -> Any:
        """Uploads are decoded before anything is locked."""
        self.pictures: dict[str, Picture] = {}
        for name in self.images:
            upload = self.cleaned_data.get(f"{name}{UPLOAD}")
            if upload:
                try:
                    self.pictures[name] = pictures.read(upload)
                except PictureFault as fault:
                    self.add_error(f"{name}{UPLOAD}", fault.detail)
        return super().clean()

    def kept(self) -> dict[str, str]:
        """Where the uploaded images lie."""
        return {
            name: images.keep(self.tenant_id, picture, by=self.actor)
            for name, picture in self.pictures.items()
        }

    def write(self) -> Any:
        new, changed = self.serializers
        if self.instance.pk is None:
            values = self.checked(new, self.body([*self.fields]), **self.context())
            row = self._meta.model(tenant_id=self.tenant_id, **values, **self.kept())
            return changes.create(row, by=self.actor)
        row = self.locked()
        values = self.checked(changed, self.body(self.changed_data), row)
        changes.change(row, values | self.kept(), by=self.actor)
        return row

    def rows(self) -> QuerySet[Any]:
        return super().rows().filter(deleted_at=None)

    @property
    def tenant_id(self) -> int:
        tenant_id: int | None = self.instance.tenant_id
        return tenant_id or self.tenant.pk

    def body(self, names: list[str]) -> dict[str, Any]:
        """What a caller of the API would send of these fields."""
        shape = self.serializers[0]().fields
        spelled = {
            name: self.spelled.get(name, name) for name in names if name not in self.pictures
        }
        return {
            place: told(self.cleaned_data[name])
            for name, place in spelled.items()
            if place in shape
        }

    def context(self) -> dict[str, Any]:
        return {}


class IssuerForm(CatalogueForm):
    serializers = (IssuerSerializer, IssuerChangeSerializer)
    images = ("image",)

    name = KeptTextField(required=True)
    url = KeptTextField(label="URL")
    email = KeptTextField()
    description = KeptLinesField(rows=4)
    image = ImageLinkField(help_text="A link, which the portal never fetches.")
    image_upload = UploadField()

    class Meta:
        model = IssuerProfile
        fields = ("name", "url", "email", "description", "image")


class DefinitionForm(CatalogueForm):
    serializers = (DefinitionSerializer, DefinitionChangeSerializer)
    spelled: ClassVar[dict[str, str]] = {
        "is_public": "public",
        **{f"valid_for_{part}": f"valid_for/{part}" for part in VALIDITY},
    }
    images = ("icon_image", "background_image", "thumbnail_image")

    name = KeptTextField(required=True)
    description = KeptLinesField(rows=4)
    credential_type = KeptTextField(
        label="Type", required=True, initial="CERTIFICATE", widget=Suggesting(CREDENTIAL_TYPES)
    )
    criteria_url = KeptTextField(label="Criteria URL")
    criteria_text = KeptLinesField(rows=4)
    issuing_signal = forms.ChoiceField(
        choices=[("", "None: issued by hand"), *CredentialDefinition.Signal.choices],
        required=False,
        help_text="Sent for one of the courses or programs below, it issues this credential.",
    )
    courses = KeptListField(rows=3, help_text="One per line, as signals name them.")
    programs = KeptListField(rows=3, help_text="One per line, as signals name them.")
    valid_for_amount = forms.IntegerField(label="Valid for", required=False)
    valid_for_duration = forms.ChoiceField(
        label="",
        choices=[("", "for ever"), *CredentialDefinition.Duration.choices],
        required=False,
    )
    html_template = TemplateField(label="HTML", rows=18)
    css_template = TemplateField(label="CSS", rows=14)
    icon_image = ImageLinkField()
    icon_image_upload = UploadField()
    background_image = ImageLinkField()
    background_image_upload = UploadField()
    thumbnail_image = ImageLinkField()
    thumbnail_image_upload = UploadField()

    class Meta:
        model = CredentialDefinition
        fields = "__all__"
        help_texts: ClassVar[dict[str, str]] = {
            "issued_on": "The first moment at which it may be issued, if there is one.",
            "expires_at": "The last moment at which it may be issued, if there is one.",
            "revoked": "Nothing new is issued; what was issued stands.",
            "is_public": "Shown to every member.",
        }

    @property
    def tenant_id(self) -> int:
        """A new one's is told by the issuer, which is one that this person may choose."""
        tenant_id: int | None = self.instance.tenant_id
        return tenant_id or int(self.cleaned_data["issuer"].tenant_id)

    def body(self, names: list[str]) -> dict[str, Any]:
        body = super().body(names)
        if "issuer" in body:
            body["issuer"] = str(body["issuer"].uuid)
        if {f"valid_for_{part}" for part in VALIDITY} & {*names}:
            parts = {part: self.cleaned_data[f"valid_for_{part}"] for part in VALIDITY}
            body["valid_for"] = {
                part: v for part, v in parts.items() if v not in {None, ""}
            } or None
        return body

    def context(self) -> dict[str, Any]:
        """Locks the issuer: nobody deletes it before it is named."""
        return {"find_issuer": lambda uuid: find_issuer(self.tenant_id, uuid)}
