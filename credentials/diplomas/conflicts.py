"""What a caller is told when one of this family's constraints refuses a write."""

from credentials_portal.problems import CONSTRAINT_PROBLEMS, Conflict


class TitleInUse(Conflict):
    slug, title = "title-in-use", "The title is in use"
    detail = "Diplomas have this title, deleted ones too; it stays."


CONSTRAINT_PROBLEMS.update(
    {
        "credentials_diplomatitle_name_once": Conflict("A title of this name exists."),
        "credentials_diploma_title_id_same_tenant": TitleInUse(),
    }
)
