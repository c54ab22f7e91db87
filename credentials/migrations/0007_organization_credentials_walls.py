from django.db import migrations

from tenants.operations import RaiseWall, SameTenant, TrackRows

# The lists of a definition are the truth; this index of them is kept with every write.
LIST_OPPORTUNITIES = """
create function credentials_credentialdefinition_list() returns trigger language plpgsql as $$
begin
    if tg_op <> 'INSERT' then
        delete from credentials_opportunity
        where tenant_id = old.tenant_id and definition_id = old.id;
    end if;
    if tg_op = 'DELETE' then
        return old;
    end if;
    insert into credentials_opportunity (tenant_id, kind, name, definition_id)
    select new.tenant_id, 'course', name, new.id from unnest(new.courses) as name
    union all
    select new.tenant_id, 'program', name, new.id from unnest(new.programs) as name;
    return null;
end $$;
create trigger credentials_credentialdefinition_list_new
    after insert on credentials_credentialdefinition
    for each row when (new.courses <> '{}' or new.programs <> '{}')
    execute function credentials_credentialdefinition_list();
create trigger credentials_credentialdefinition_list_changed
    after update of courses, programs on credentials_credentialdefinition
    for each row when ((old.courses, old.programs) is distinct from (new.courses, new.programs))
    execute function credentials_credentialdefinition_list();
create trigger credentials_credentialdefinition_list_deleted
    before delete on credentials_credentialdefinition
    for each row execute function credentials_credentialdefinition_list();
"""
DROP = """
drop trigger credentials_credentialdefinition_list_new on credentials_credentialdefinition;
drop trigger credentials_credentialdefinition_list_changed on credentials_credentialdefinition;
drop trigger credentials_credentialdefinition_list_deleted on credentials_credentialdefinition;
drop function credentials_credentialdefinition_list();
"""


class Migration(migrations.Migration):
    dependencies = [("credentials", "0006_organization_credentials"), ("tenants", "0003_walls")]

    operations = [
        RaiseWall("credentials_image"),
        RaiseWall("credentials_issuerprofile"),
        RaiseWall("credentials_credentialdefinition"),
        RaiseWall("credentials_opportunity"),
        RaiseWall("credentials_assertion"),
        SameTenant("credentials_credentialdefinition", "issuer_id", "credentials_issuerprofile"),
        SameTenant("credentials_opportunity", "definition_id", "credentials_credentialdefinition"),
        SameTenant("credentials_assertion", "definition_id", "credentials_credentialdefinition"),
        SameTenant("credentials_assertion", "holder_id", "tenants_membership", "user_id"),
        migrations.RunSQL(LIST_OPPORTUNITIES, DROP),
        TrackRows("credentials_image", "image", key="uuid"),
        TrackRows("credentials_assertion", "assertion", key="uuid"),
    ]
