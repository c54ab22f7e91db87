"""Any S3-compatible store, through django-storages and boto3."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files import File
from storages.backends.s3 import S3Storage

from credentials.storage.base import Download, Missing, Part, Spool, StoredObject
from credentials.storage.keys import is_key

# In one thread: of a large file one part at a time is in memory.
ONE_PART = TransferConfig(use_threads=False)
NOT_THERE = {"404", "NoSuchKey", "NotFound"}


@dataclass(frozen=True)
class S3Options:
    """Without keys, those that boto3 finds: of the environment, a profile, the machine's role."""

    bucket: str
    endpoint_url: str = ""  # blank for AWS
    public_endpoint_url: str = ""  # where clients reach it, if elsewhere
    region: str = ""
    access_key_id: str = ""
    secret_access_key: str = ""


class S3Store:
    faults = (BotoCoreError, ClientError, Boto3Error)

    def __init__(self, options: S3Options) -> None:
        self.bucket = options.bucket
        self.storage = _storage(options, options.endpoint_url)
        # It only signs: nothing is asked of that address.
        self.signing = _storage(options, options.public_endpoint_url or options.endpoint_url)

    @contextmanager
    def spool(self) -> Iterator[Spool]:
        with tempfile.TemporaryFile() as file:
            yield Spool(file)

    def keep(self, key: str, spool: Spool) -> None:
        """A store shows an object when it has the whole of it."""
        spool.file.seek(0)
        self.storage.save(_checked(key), File(spool.file))

    def size(self, key: str) -> int:
        with _missing_told(key):
            return int(self._client.head_object(**self._named(key))["ContentLength"])

    def read(self, key: str, start: int, end: int) -> Part:
        part = f"bytes={start}-{end - 1}"
        with _missing_told(key):
            answer = self._client.get_object(**self._named(key), Range=part)
        return Part(answer["Body"], end - start)

    def delete(self, key: str) -> None:
        self.storage.delete(_checked(key))

    def objects(self) -> Iterator[StoredObject]:
        for each in self.storage.bucket.objects.all():
            yield StoredObject(each.key, each.size, each.last_modified)

    def unfinished(self, before: datetime) -> Iterator[str]:
        for upload in self.storage.bucket.multipart_uploads.all():
            # Others may use the bucket, too.
            if upload.initiated < before and is_key(upload.object_key):
                yield f"{upload.id} {upload.object_key}"

    def drop_unfinished(self, name: str) -> None:
        identifier, _, key = name.partition(" ")
        self._client.abort_multipart_upload(Bucket=self.bucket, Key=key, UploadId=identifier)

    def signer(self, lifetime: timedelta) -> Callable[[str, Download], str]:
        seconds = int(lifetime.total_seconds())

        def sign(key: str, download: Download) -> str:
            parameters = {
                "ResponseContentDisposition": download.disposition,
                "ResponseContentType": download.content_type,
            }
            url: str = self.signing.url(_checked(key), parameters=parameters, expire=seconds)
            return url

        return sign

    @property
    def _client(self) -> Any:
        return self.storage.connection.meta.client

    def _named(self, key: str) -> dict[str, str]:
        return {"Bucket": self.bucket, "Key": _checked(key)}


def _storage(options: S3Options, endpoint_url: str) -> S3Storage:
    return S3Storage(
        bucket_name=options.bucket,
        endpoint_url=endpoint_url or None,
        region_name=options.region or None,
        access_key=options.access_key_id or None,
        secret_key=options.secret_access_key or None,
        signature_version="s3v4",
        default_acl=None,
        querystring_auth=True,
        custom_domain=None,
        # Each key is new: looking for another file there would cost a request.
        file_overwrite=True,
        transfer_config=ONE_PART,
    )


@contextmanager
def _missing_told(key: str) -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") in NOT_THERE:
            raise Missing(key) from None
        raise


def _checked(key: str) -> str:
    if not is_key(key):
        raise ValueError("This is no key of ours.")
    return key
