"""What the OpenAPI document says of the wallet and the search."""

from credentials.wallet.serializers import (
    FoundPageSerializer,
    SearchQuery,
    WalletPageSerializer,
    WalletQuery,
)
from credentials_portal.documented import answers, documents, operation, path_variable

TAG = "Wallet"
CREDENTIAL = {
    "kind": "certification",
    "uuid": "d2b1ad29-8b1c-4a5d-b4b2-6f5f3a0a6a3e",
    "title": "First aid",
    "issuer": "Red Cross",
    "status": "active",
    "issued_at": "2026-03-01T00:00:00Z",
    "expires_at": "2028-03-01T00:00:00Z",
    "public_url": "https://portal.example/c/d2b1ad29-8b1c-4a5d-b4b2-6f5f3a0a6a3e",
}
HOLDER = {
    "id": 345,
    "uuid": "9c1b7a52-3d0e-4f83-8a36-2f0e7c0c5b11",
    "name": "Ada Lovelace",
    "username": "ada",
    "email": "ada@acme.example",
}
PAGE = {"next_cursor": None, "has_more": False}
PERSON = [
    path_variable(
        "user_id",
        "Whose: the word `me`; an issuer may name any member by `id` or `uuid`.",
        "me",
        {"type": "string", "const": "me"},
    )
]
COMMON = (
    "An API token sees the families of which it has the read scope; with none of them, or without "
    "that of the `kind` asked for, it is refused (403)."
)

documented_wallet = documents(
    TAG,
    list=operation(
        "list_wallet",
        "List a person's credentials of all kinds",
        description="In one organization, what was recorded last first. What was deleted is not "
        f"there; archived certifications are, as in their own list. {COMMON}",
        parameters=[*PERSON, WalletQuery],
        responses={
            200: answers(WalletPageSerializer, {"data": [CREDENTIAL], "page": PAGE}, "A page")
        },
    ),
)
documented_search = documents(
    TAG,
    list=operation(
        "search_credentials",
        "Find credentials of any kind and holder",
        description="Of the organization, what was recorded last first; all of them without "
        "`search`. A page may hold fewer than `limit` while more follow: what only a look at the "
        "credentials themselves can find is looked for step by step, and may come on a later page. "
        f"{COMMON}",
        parameters=[SearchQuery],
        responses={
            200: answers(
                FoundPageSerializer,
                {"data": [{**CREDENTIAL, "holder": HOLDER}], "page": PAGE},
                "A page",
            )
        },
    ),
)
