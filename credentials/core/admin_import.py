"""Files imported in the admin: shown first what they would do, with every fault by its line."""

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib import messages
from django.core import signing
from django.core.exceptions import BadRequest, PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from credentials.core.importing.description import RowDescription
from credentials.core.importing.rows import FileRefused
from credentials.core.importing.source import READERS
from credentials.core.importing.upload import MAX_BYTES, MAX_ROWS, Trial, Upload, bring_in
from tenants.admin_base import PortalAdmin, RowChooser
from tenants.admin_scope import actor, desk_of
from tenants.models import Tenant

TOO_OLD = "What was shown is too old or was changed; choose the file again."

if TYPE_CHECKING:
    Base = PortalAdmin
else:
    Base = object


class Bounds:
    """Of a file, with the form around it; sealed, it is a third longer than packed."""

    max_body_bytes = 2 * MAX_BYTES


class UploadForm(forms.Form):
    required_css_class = "required"

    tenant: Any = forms.ModelChoiceField(Tenant.objects.none(), label="Tenant")
    file = forms.FileField(
        help_text=f"CSV in UTF-8 or XLSX, up to {MAX_ROWS:,} rows and {MAX_BYTES // 2**20} MiB.",
        widget=forms.ClearableFileInput(attrs={"accept": ",".join(READERS)}),
    )

    def __init__(self, page: "ImportsAdmin", request: HttpRequest, data: Any = None) -> None:
        super().__init__(data, request.FILES if data is not None else None)
        desk = desk_of(request)
        if desk and desk.tenant:
            del self.fields["tenant"]
            return
        field: Any = self.fields["tenant"]
        field.queryset = Tenant.objects.all()
        field.widget = RowChooser(page.model._meta.get_field("tenant"), page.admin_site)
        field.widget.choices = field.choices

    def clean_file(self) -> Upload:
        file = self.cleaned_data["file"]
        if not file.name.lower().endswith(tuple(READERS)):
            raise ValidationError(f"The name must end in {' or '.join(READERS)}.")
        if file.size > MAX_BYTES:
            raise ValidationError("It is too large for the browser; split it, or use the command.")
        return Upload(file.name, file.read())


class ImportsAdmin(Base):
    """Mixed into PortalAdmin; the rows are those of the family's command."""

    import_rows: ClassVar[RowDescription[Any]]

    def get_urls(self) -> list[URLPattern]:
        own = []
        for part, view in (("import", self.import_view), ("import/apply", self.apply_view)):
            wrapped: Any = self.admin_site.admin_view(view)
            wrapped.model_admin = Bounds
            name = f"{self.opts.app_label}_{self.opts.model_name}_{part.replace('/', '_')}"
            own.append(path(f"{part}/", wrapped, name=name))
        return [*own, *super().get_urls()]

    def import_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return self.asked(request, UploadForm(self, request))
        form = UploadForm(self, request, request.POST)
        if not form.is_valid():
            return self.asked(request, form)
        tenant, upload = self.chosen_tenant(request, form), form.cleaned_data["file"]
        try:
            trial = bring_in(self.import_rows, tenant.pk, upload, by=actor(request), is_trial=True)
        except FileRefused as refusal:
            form.add_error("file", str(refusal))
            return self.asked(request, form)
        return self.shown(request, tenant, upload, trial)

    def chosen_tenant(self, request: HttpRequest, form: UploadForm) -> Tenant:
        desk = desk_of(request)
        chosen: Tenant = desk.tenant if desk and desk.tenant else form.cleaned_data["tenant"]
        return chosen

    def asked(self, request: HttpRequest, form: UploadForm) -> HttpResponse:
        needs = [" or ".join(group) for group in self.import_rows.needs]
        optional = {name for group in self.import_rows.needs for name in group}
        context = {
            "title": f"Import {self.opts.verbose_name_plural}",
            "form": form,
            "needs": needs,
            "others": [name for name in self.import_rows.columns if name not in optional],
            "media": self.media + form.media,
        }
        return self.shown_in(request, "admin/import_file.html", context)

    def shown(
        self, request: HttpRequest, tenant: Tenant, upload: Upload, trial: Trial
    ) -> HttpResponse:
        """What it would do; and the file, sealed, unless there is nothing to do with it."""
        sealed = upload.sealed(self.purpose(request, tenant.pk)) if trial.is_good else ""
        title = f"Import {self.opts.verbose_name_plural}: {'preview' if sealed else 'faults'}"
        context = {
            "title": title,
            "tenant": tenant,
            "file": upload.name,
            "trial": trial,
            "outcomes": counts(self.import_rows, trial),
            "sealed": sealed,
            "apply_url": self.place_of(request, "import_apply"),
            "import_url": self.place_of(request, "import"),
        }
        return self.shown_in(request, "admin/import_preview.html", context)

    def shown_in(self, request: HttpRequest, template: str, told: dict[str, Any]) -> HttpResponse:
        back_url = self.place_of(request, "changelist")
        context = {**self.admin_site.each_context(request), "opts": self.opts, "back_url": back_url}
        return TemplateResponse(request, template, context | told)

    def place_of(self, request: HttpRequest, name: str) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_{name}")

    def purpose(self, request: HttpRequest, tenant_id: int) -> str:
        return f"import {self.opts.label} of {tenant_id} by {request.user.pk}"

    def apply_view(self, request: HttpRequest) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_add_permission(request):
            raise PermissionDenied
        tenant = self.named_tenant(request)
        try:
            sealed = request.POST.get("sealed", "")
            upload = Upload.opened(sealed, self.purpose(request, tenant.pk))
            done = bring_in(self.import_rows, tenant.pk, upload, by=actor(request), is_trial=False)
        except (signing.BadSignature, FileRefused):
            self.message_user(request, TOO_OLD, level=messages.ERROR)
            return redirect(self.place_of(request, "import"))
        if not done.is_good:
            # Something else changed since it was shown: what is at fault now is told by line.
            return self.shown(request, tenant, upload, done)
        told = ", ".join(f"{count:,} {word}" for word, count in counts(self.import_rows, done))
        self.message_user(request, f"{done.summary.rows:,} rows of {upload.name} imported: {told}.")
        return redirect(self.place_of(request, "changelist"))

    def named_tenant(self, request: HttpRequest) -> Tenant:
        desk = desk_of(request)
        if desk and desk.tenant:
            return desk.tenant
        slug = request.POST.get("tenant", "")
        found = Tenant.objects.filter(slug=slug).first()
        if found is None:
            raise BadRequest
        return found


def counts(description: RowDescription[Any], trial: Trial) -> list[tuple[str, int]]:
    return [(name, trial.summary.outcomes[name]) for name in description.outcomes]
