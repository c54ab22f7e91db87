"""What an API token may touch. A scope only ever takes away from what its user's role allows."""

FAMILIES = (
    "organizations",
    "organization_members",
    "certification_records",
    "certification_types",
    "job_roles",
    "qualifications",
    "micro_credentials",
    "program_credentials",
    "organization_credentials",
    "diplomas",
)
ALL = tuple(f"{family}:{access}" for family in FAMILIES for access in ("read", "write"))
ALIASES = {"certifications": "certification_records"}


def parse(names: list[str]) -> list[str]:
    """Canonical, sorted scopes; `all` stands for every one. Raises ValueError naming a bad one."""
    if names == ["all"]:
        return sorted(ALL)
    return sorted({_parse_one(name) for name in names})


def _parse_one(name: str) -> str:
    family, _, access = name.strip().replace("-", "_").partition(":")
    scope = f"{ALIASES.get(family, family)}:{access}"
    if scope not in ALL:
        raise ValueError(f"Unknown scope {name!r}; the scopes are: {', '.join(ALL)}.")
    return scope


def allows(scopes: frozenset[str], family: str, *, write: bool) -> bool:
    """A write scope includes its read scope."""
    return f"{family}:write" in scopes or (not write and f"{family}:read" in scopes)
