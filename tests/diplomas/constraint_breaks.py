"""For each constraint of this family's tables, a statement that it must refuse."""

from tests.tenants.breaking import NEW_UUID, change, copy

TITLE, DIPLOMA, FILE = "credentials_diplomatitle", "credentials_diploma", "credentials_diplomafile"

# Keys to a tenant are checked at the end of a transaction: so long, there may be none.
OF_NO_TENANT = {"uuid": NEW_UUID, "tenant_id": "0", "id": "-1"}
MEMBER_OF_NOTHING = copy("tenants_membership", **OF_NO_TENANT, is_primary="false")
NEW_NAME = {"uuid": NEW_UUID, "name": "'Other'"}
NEW_FILE = {"uuid": NEW_UUID, "key": NEW_UUID}
NOTHING_STORED = {"key": "null", "sha256": "null", "stored_at": "null"}
ANNOUNCED = copy(FILE, uuid=NEW_UUID, **NOTHING_STORED)
OTHER_DIPLOMA = copy(DIPLOMA, uuid=NEW_UUID, id="-1")

IMPLIED = {f"{table}_once_per_tenant" for table in (TITLE, DIPLOMA, FILE)}
BREAKS = {
    "credentials_diploma_holder_id_same_tenant": change(DIPLOMA, holder_id="0"),
    "credentials_diploma_pkey": copy(DIPLOMA, id="id", uuid=NEW_UUID),
    "credentials_diploma_title_id_same_tenant": change(DIPLOMA, title_id="0"),
    "credentials_diploma_uuid_once_per_tenant": copy(DIPLOMA),
    "credentials_diplomafile_announced_once": copy(
        FILE, ANNOUNCED, uuid=NEW_UUID, **NOTHING_STORED
    ),
    "credentials_diplomafile_diploma_id_same_tenant": change(FILE, diploma_id="0"),
    "credentials_diplomafile_holds_something": change(FILE, size="0"),
    "credentials_diplomafile_key_once": copy(FILE, OTHER_DIPLOMA, uuid=NEW_UUID, diploma_id="-1"),
    "credentials_diplomafile_pkey": copy(FILE, OTHER_DIPLOMA, id="id", diploma_id="-1", **NEW_FILE),
    "credentials_diplomafile_stored_once": copy(FILE, **NEW_FILE),
    "credentials_diplomafile_stored_whole": change(FILE, sha256="null"),
    "credentials_diplomafile_texts_present": change(FILE, name="''"),
    "credentials_diplomafile_uuid_once_per_tenant": copy(
        FILE, OTHER_DIPLOMA, diploma_id="-1", key=NEW_UUID
    ),
    "credentials_diplomafile.tenant_id": copy(
        *(FILE, MEMBER_OF_NOTHING, copy(TITLE, **OF_NO_TENANT)),
        copy(DIPLOMA, **OF_NO_TENANT, title_id="-1"),
        **NEW_FILE,
        tenant_id="0",
        diploma_id="-1",
    ),
    "credentials_diplomatitle_name_once": copy(TITLE, uuid=NEW_UUID, name="upper(name)"),
    "credentials_diplomatitle_name_present": change(TITLE, name="''"),
    "credentials_diplomatitle_pkey": copy(TITLE, id="id", **NEW_NAME),
    "credentials_diplomatitle_uuid_once_per_tenant": copy(TITLE, name="'Other'"),
    "credentials_diplomatitle.tenant_id": copy(TITLE, uuid=NEW_UUID, tenant_id="0"),
}
