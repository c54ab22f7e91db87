"""What a visitor reads in place of a page, for each status."""

from dataclasses import dataclass

from credentials_portal import logs


@dataclass(frozen=True)
class Refusal:
    title: str
    detail: str
    advice: tuple[str, ...] = ()


REFUSALS = {
    403: Refusal(
        "This credential is not shown at present",
        "Its holder is inactive, and while that is so the page stays closed to everyone.",
        ("Ask the person who gave you the address, or the organization behind the credential.",),
    ),
    404: Refusal(
        "There is no credential at this address",
        "Nothing is known under it. What you can check:",
        (
            "See that the whole address was copied. It ends in 36 characters, like"
            " 1d6e8c0a-3b52-4f8e-9c47-2a90b1f3d5e6; mail programs break long addresses in two.",
            "In it are only the digits 0 to 9, the letters a to f, and hyphens.",
            "From paper, scan the QR code rather than typing the address.",
            "Ask the person who gave you the address, or the organization behind the credential."
            " A record that was removed has no page any more.",
        ),
    ),
    405: Refusal("This page can only be read", "It takes no input of any kind."),
    429: Refusal(
        "Too many requests", "Many came from your network at once. Try again in a minute."
    ),
    503: Refusal("The portal is not ready", "Nothing is lost. Try again shortly."),
}


def refusal(status: int) -> Refusal:
    return REFUSALS.get(status) or Refusal(
        "The page could not be made",
        "The fault is the portal's. Try again shortly; when you report it, name the request"
        f" {logs.request_id.get()}.",
    )
