from credentials.core.wallets import Catalogue, Kind
from credentials.diplomas.models import Diploma, DiplomaTitle
from credentials.diplomas.records import TITLE

KIND = Kind(
    name="diploma",
    family="diplomas",
    model=Diploma,
    live="r.deleted_at is null",
    title=f"(select t.name {TITLE})",
    issued_at="r.obtained_at",
    has_page="false",
    catalogues=(Catalogue("title_id", DiplomaTitle, "name"),),
)
