"""What lies around the database: files, disks, secrets, mail, counters, the scanner."""

import shutil
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.core.cache import cache
from django.core.mail import get_connection

from credentials.demo.cast import PEOPLE
from credentials.doctor.findings import Finding, fail, ok, warn
from credentials.storage.configured import scanner, store
from credentials.storage.keys import object_key
from credentials_portal import environment
from credentials_portal.secret_keys import MIN_DISTINCT, MIN_LENGTH
from tenants.ids import new_uuid
from tenants.walls import platform_work
from users.models import User

PROBE = b"The portal writes, reads and deletes this.\n"
GIBIBYTE = 2**30
LITTLE, TOO_LITTLE = GIBIBYTE, GIBIBYTE // 4
COUNTER = "doctor"


def storage() -> Finding:
    """As an upload, a download and a removal; a probe that is left, the audit removes."""
    key = object_key(uuid.uuid4(), new_uuid())
    with store().spool() as spool:
        spool.write(PROBE)
        store().keep(key, spool)
    try:
        found = b"".join(store().read(key, 0, store().size(key)))
    finally:
        store().delete(key)
    place = f"the bucket {dict(settings.S3)['bucket']}" if settings.S3 else settings.FILES_DIR
    if found != PROBE:
        return fail(f"{place} gave back other bytes", "Look after the disk or the store.")
    return ok(f"{place} keeps, gives and deletes files")


def disk() -> Finding:
    """Of the data, the files, and what is on its way."""
    places = {Path(tempfile.gettempdir()), settings.DATA_DIR}
    if not settings.S3:
        places.add(settings.FILES_DIR)
    free = {_there(place): shutil.disk_usage(_there(place)).free for place in sorted(places)}
    place, least = min(free.items(), key=lambda pair: pair[1])
    text = f"{least / GIBIBYTE:,.1f} GiB are free at {place}"
    if least < TOO_LITTLE:
        return fail(text, "Make room at once: uploads and the database will fail.")
    return warn(text, "Make room.") if least < LITTLE else ok(text)


def secrets() -> Finding:
    """Production refuses to start on a missing or weak one; development does not."""
    if faults := list(_faults()):
        advice = "See README.md, Settings; then start the portal again."
        return (fail if settings.PRODUCTION else warn)("; ".join(faults), advice)
    own = (
        "" if environment.text("JWT_SIGNING_KEY") else "; tokens are signed by one derived from it"
    )
    return ok(f"SECRET_KEY is strong{own}")


def mail() -> Finding:
    if not settings.MAIL_SERVER:
        if settings.PRODUCTION:
            return warn("no mail is sent", "Set EMAIL_URL, or hand links of invitations over.")
        return ok("mail is shown on standard error")
    server = get_connection()
    server.open()
    server.close()
    return ok(f"{settings.EMAIL_HOST} takes mail")


def counters() -> Finding:
    cache.set(COUNTER, 1, timeout=5)
    if cache.get(COUNTER) != 1:
        return fail("the cache forgets", "Look after Redis, REDIS_URL.")
    if settings.REDIS_URL:
        return ok("Redis counts requests, for all processes")
    return ok("each process counts requests by itself")


def scanning() -> Finding:
    if not settings.CLAMAV:
        return ok("uploads are not scanned")
    threat = scanner().threat([PROBE])
    if threat:
        return fail(f"the scanner calls a harmless file {threat}", "Look after ClamAV.")
    return ok("ClamAV answers")


def _there(place: Path) -> Path:
    """The place, or what it will be made in."""
    return next(each for each in (place, *place.parents) if each.exists())


def _faults() -> Iterator[str]:
    if not settings.PRODUCTION:
        yield "ENVIRONMENT is development"
    if settings.DEBUG:
        yield "DEBUG shows inner texts to strangers"
    key = settings.SECRET_KEY
    if len(key) < MIN_LENGTH or len(set(key)) < MIN_DISTINCT:
        yield f"SECRET_KEY has less than {MIN_LENGTH} random characters"
    if not settings.PRODUCTION:
        return
    if not (settings.SECURE_SSL and settings.PUBLIC_URL.startswith("https://")):
        yield "PUBLIC_URL or SECURE_SSL allows requests without TLS"
    with platform_work():
        if User.objects.filter(uuid__in=[person.key for person in PEOPLE], is_active=True).exists():
            yield "the demo's accounts, whose passwords everyone knows, are here"
