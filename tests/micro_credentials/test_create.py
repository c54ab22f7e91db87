"""POST /api/v1/user-micro-credentials"""



from credentials.models import MicroCredential
from tenants.models import Event
from tests.conftest import Caller
from tests.factories import micro_credential_body

PATH = "/api/v1/user-micro-credentials"


def test_member_records_a_micro_credential_and_gets_200_with_the_record(member: Caller) -> None:
    response = member.post(PATH, micro_credential_body(website_url=""))

    assert response.status_code == 200
    row = MicroCredential.objects.get()
    record = response.json()
    assert record == {
        "id": row.pk,
        "uuid": str(row.uuid),
        "tenant_id": row.tenant_id,
        "user_id": member.user.pk,
        "title": "Welding, basic level",
        "issued": "2024-03-01T09:00:00Z",
        "expires": "2027-03-01T09:00:00Z",
        "website_url": "",
        "state": 1,
        "created_time": record["created_time"],
        "modified_time": record["modified_time"],
    }
    assert row.holder_id == member.user.pk
    assert Event.objects.filter(object_kind="microcredential", action="created").count() == 1
