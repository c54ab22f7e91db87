"""The families, joined: here and nowhere below."""

from credentials.certifications.wallet import KIND as CERTIFICATION
from credentials.core.wallets import Kind
from credentials.diplomas.wallet import KIND as DIPLOMA
from credentials.micro_credentials.wallet import KIND as MICRO_CREDENTIAL
from credentials.organization_credentials.wallet import KIND as ORGANIZATION_CREDENTIAL
from credentials.program_credentials.wallet import KIND as PROGRAM_CREDENTIAL

KINDS: tuple[Kind, ...] = (
    MICRO_CREDENTIAL,
    PROGRAM_CREDENTIAL,
    ORGANIZATION_CREDENTIAL,
    CERTIFICATION,
    DIPLOMA,
)
BY_NAME = {kind.name: kind for kind in KINDS}
