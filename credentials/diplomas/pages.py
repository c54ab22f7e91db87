"""The envelopes of this family: one diploma with its addresses, and lists by pages."""

from typing import Any

import orjson
from django.http import HttpResponse

from credentials.core.records import Found, respond
from credentials.diplomas.links import Addresses
from tenants.events import Actor

# Kept with a stored answer in place of the addresses, which each answer gets anew.
PLACE = "place"
Place = dict[str, Any]  # see `records.PLACE`


def respond_page(query: dict[str, Any], count: int, items: bytes) -> HttpResponse:
    paging = orjson.dumps({"page": query["page"], "pageSize": query["page_size"]})
    return respond(b'{"data":%b,"totalCount":%d,"pagination":%b}' % (items, count, paging))


def limits(query: dict[str, Any]) -> dict[str, int]:
    return {"offset": (query["page"] - 1) * query["page_size"], "limit": query["page_size"]}


def unaddressed(found: Found) -> HttpResponse:
    """A diploma, to be given its addresses by `addressed`; of a new one, see `NEW_DIPLOMA`."""
    place = orjson.dumps(found.facts[PLACE])
    return respond(b'{"diploma":%b,"%b":%b}' % (found.json, PLACE.encode(), place))


def addressed(response: HttpResponse, by: Actor | None) -> HttpResponse:
    """`by`: who is given them; None: somebody who may only read."""
    answer = orjson.loads(response.content)
    addresses, place = Addresses(), answer.pop(PLACE)
    answer["presignedUrl"] = presigned_url(place, addresses)
    if by and place["awaited"]:
        answer["uploadUrl"] = addresses.upload(place["tenant"], place["awaited"], by=by)
    response.content = orjson.dumps(answer)
    return unkept(response)


def presigned_url(place: Place, addresses: Addresses) -> str:
    return addresses.download(place["tenant"], place["diploma"], place["stored"])


def unkept(response: HttpResponse) -> HttpResponse:
    """What holds signed addresses is not to be stored."""
    response.headers["Cache-Control"] = "no-store"
    return response
