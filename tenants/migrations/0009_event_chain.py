import django.db.models.deletion
from django.db import migrations, models

from tenants.event_operations import HashRows, OnlyBlank, Refuse, SealHistory
from tenants.operations import RaiseWall, SameTenant

# As `sealing.ROW_HASH` was when this was written.
ROW_HASH = """
sha256(convert_to(json_build_array({0}.id, {0}.tenant_id, {0}.uuid,
    (extract(epoch from {0}.occurred_at) * 1000000)::bigint, {0}.action, {0}.object_kind,
    {0}.object_id, {0}.object_uuid, {0}.actor_kind, {0}.actor_id, {0}.api_token_id,
    {0}.request_id, encode({0}.content_hash, 'hex'))::text, 'UTF8'))
"""
# It refused row by row, and so said nothing where no row was touched.
ROW_TRIGGER = """
drop trigger tenants_event_append_only on tenants_event;
drop function tenants_event_refuse();
"""
OLD_ROW_TRIGGER = """
create function tenants_event_refuse() returns trigger language plpgsql as $$
begin
    raise exception 'tenants_event is append-only' using errcode = 'insufficient_privilege';
end $$;
create trigger tenants_event_append_only before update or delete on tenants_event
    for each row execute function tenants_event_refuse();
"""


class Migration(migrations.Migration):
    dependencies = [("tenants", "0008_stored_bytes")]

    operations = [
        migrations.CreateModel(
            name="Chain",
            fields=[
                (
                    "tenant",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="tenants.tenant",
                    ),
                ),
                ("length", models.BigIntegerField()),
                ("head", models.BinaryField(max_length=32)),
                ("settled_id", models.BigIntegerField()),
                ("settled_at", models.DateTimeField(null=True)),
                ("seen_id", models.BigIntegerField(null=True)),
                ("seen_at", models.DateTimeField(null=True)),
                ("seen_transaction", models.BigIntegerField(null=True)),
            ],
            options={"default_permissions": ()},
        ),
        migrations.CreateModel(
            name="Seal",
            fields=[
                ("event_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("place", models.BigIntegerField()),
                ("event_hash", models.BinaryField(max_length=32)),
                ("chain_hash", models.BinaryField(max_length=32)),
                (
                    "tenant",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenants.tenant",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        fields=["tenant", "place"], name="tenants_seal_place_once"
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="event",
            name="row_hash",
            field=models.BinaryField(default=b"", editable=False, max_length=32),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="eventcontent",
            name="erased_by",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenants.event",
            ),
        ),
        RaiseWall("tenants_seal", privileges="select"),
        RaiseWall("tenants_chain", privileges="select"),
        SameTenant("tenants_eventcontent", "erased_by_id", "tenants_event"),
        migrations.RunSQL(ROW_TRIGGER, OLD_ROW_TRIGGER),
        HashRows(ROW_HASH),
        Refuse("tenants_event", "update", "delete", "truncate"),
        Refuse("tenants_seal", "update", "delete", "truncate"),
        Refuse("tenants_chain", "delete", "truncate"),
        Refuse("tenants_eventcontent", "delete", "truncate"),
        migrations.RunSQL(
            "do $$ begin execute format('revoke update on tenants_eventcontent from %I',"
            " session_user || '_platform'); end $$",
            "do $$ begin execute format('grant update on tenants_eventcontent to %I',"
            " session_user || '_platform'); end $$",
        ),
        OnlyBlank(),
        SealHistory(bytes(32)),
    ]
