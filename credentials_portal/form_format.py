"""Forms in: read as strictly as JSON, into what a JSON body would have been."""

import binascii
import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import IO, Any

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.utils.http import parse_header_parameters
from rest_framework.parsers import BaseParser

from credentials_portal.form_fields import Form, assembled
from credentials_portal.json_format import AnyTypeParser, JsonParser, ScimJsonParser
from credentials_portal.problems import MalformedBody

MAX_FILES = 10
MAX_PARAMETERS = 20  # of a header
URL_ENCODED, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data"
BOUNDARY = re.compile(r"[0-9A-Za-z'()+_,./:=? -]{0,69}[0-9A-Za-z'()+_,./:=?-]")  # RFC 2046
LONE_PERCENT = re.compile(rb"%(?![0-9A-Fa-f]{2})")
AS_IT_IS = {"", "7bit", "8bit", "binary"}

Pair = tuple[str, "str | UploadedFile[Any]"]


class FormParser(BaseParser):
    media_type = URL_ENCODED

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Form:
        check_charset(parameters(media_type or ""))
        body: bytes = stream.read()
        check_number(body.count(b"&") + 1)
        return assembled(url_encoded(body))


class MultipartParser(BaseParser):
    """RFC 7578. Files are in memory: a body is never larger than what a view allows."""

    media_type = MULTIPART

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Form:
        told = parameters(media_type or "")
        check_charset(told)
        boundary = told.get("boundary", "")
        if not BOUNDARY.fullmatch(boundary):
            raise MalformedBody("The Content-Type names no boundary.")
        return assembled(multipart(stream.read(), boundary.encode()))


# What a documented client may send; with `*/*`, any other type is read as JSON.
EVERY_TYPE = [JsonParser, ScimJsonParser, FormParser, MultipartParser, AnyTypeParser]
# What a view that takes EVERY_TYPE may set as its `max_body_bytes`: a few images, and texts that
# are too long by far but deserve to be told so by name.
MAX_FORM_BYTES = 8 * 1024 * 1024


# --- application/x-www-form-urlencoded


def url_encoded(body: bytes) -> Iterator[Pair]:
    for pair in body.split(b"&"):
        if pair:
            name, _, value = pair.partition(b"=")
            yield unquoted(name), unquoted(value)


def unquoted(part: bytes) -> str:
    """As `urllib.parse.unquote_plus`, which takes 60 times the memory of a long text.

    Quoted-printable is the same notation with another sign, and is read by the C library.
    """
    if LONE_PERCENT.search(part):
        raise MalformedBody("A % in the form is not followed by two hexadecimal digits; write %25.")
    printable = part.replace(b"+", b" ").replace(b"=", b"%3D").replace(b"%", b"=")
    return text(binascii.a2b_qp(printable))


# --- multipart/form-data


def multipart(body: bytes, boundary: bytes) -> Iterator[Pair]:
    most = settings.DATA_UPLOAD_MAX_NUMBER_FIELDS + MAX_FILES + 1
    # The first piece is what comes before the first boundary.
    _, *pieces = (b"\r\n" + body).split(b"\r\n--" + boundary, most)
    fields = files = 0
    for piece in pieces:
        if piece.startswith(b"--"):
            return
        pair = part(piece)
        if pair:
            is_file = isinstance(pair[1], UploadedFile)
            files, fields = files + is_file, fields + (not is_file)
            check_number(fields, files)
            yield pair
    raise MalformedBody("The form ends before its last boundary.")


def part(piece: bytes) -> Pair | None:
    """Its name and content; None for a file input in which nobody has chosen a file."""
    padding, line_end, rest = piece.partition(b"\r\n")
    headers, blank_line, content = (b"\r\n" + rest).partition(b"\r\n\r\n")
    if padding.strip(b" \t") or not line_end or not blank_line:
        raise MalformedBody("A part of the form cannot be read.")
    told = part_headers(headers)
    disposition, names = header(told.get("content-disposition", ""))
    if disposition != "form-data" or not names.get("name"):
        raise MalformedBody("A part of the form has no name.")
    if header(told.get("content-transfer-encoding", ""))[0].lower() not in AS_IT_IS:
        raise MalformedBody("A part of the form has a Content-Transfer-Encoding; send it as it is.")
    # A header may name an encoding, and with it characters that no text can hold.
    name = text(names["name"].encode(errors="surrogatepass"))
    if "filename" not in names:
        check_charset(parameters(told.get("content-type", "")))
        return name, text(content)
    if not names["filename"] and not content:
        return None
    # Neither the name nor the type that a sender gives is believed.
    return name, SimpleUploadedFile("upload", content)


def part_headers(block: bytes) -> dict[str, str]:
    """Each by its name in lower case; read are those alone that say something: see `header`."""
    found = {}
    for line in block.split(b"\r\n"):
        if line:
            name, colon, value = text(line).partition(":")
            if not colon:
                raise MalformedBody("A part of the form cannot be read.")
            found[name.strip().lower()] = value
    return found


# --- Both


def header(value: str) -> tuple[str, dict[str, str]]:
    """A header's value and parameters."""
    # At each semicolon the standard library looks at the whole again: a long header takes hours.
    if value.count(";") > MAX_PARAMETERS:
        raise MalformedBody(f"A header of the form has more than {MAX_PARAMETERS} parameters.")
    try:
        first, told = parse_header_parameters(value)
    except (ValueError, LookupError) as error:
        raise MalformedBody("A header of the form cannot be read.") from error
    return first, told


def parameters(media_type: str) -> dict[str, str]:
    return header(media_type)[1]


def check_charset(told: Mapping[str, str]) -> None:
    if told.get("charset", "utf-8").lower() not in {"utf-8", "utf8"}:
        raise MalformedBody("Send the form in UTF-8.")


def check_number(fields: int, files: int = 0) -> None:
    if fields > settings.DATA_UPLOAD_MAX_NUMBER_FIELDS or files > MAX_FILES:
        most = settings.DATA_UPLOAD_MAX_NUMBER_FIELDS
        raise MalformedBody(f"A form may have {most} fields and {MAX_FILES} files.")


def text(content: bytes) -> str:
    """As it was sent, to the byte."""
    try:
        decoded = content.decode()
    except UnicodeDecodeError as error:
        raise MalformedBody("The form is not in UTF-8.") from error
    if "\0" in decoded:
        raise MalformedBody("The form contains a NUL character.")
    return decoded


def fingerprint(value: Any) -> dict[str, str]:
    """What stands for a file where payloads are compared."""
    if not isinstance(value, UploadedFile):
        raise TypeError(type(value).__name__)
    value.seek(0)
    digest = hashlib.sha256(value.read()).hexdigest()
    value.seek(0)
    return {"sha256": digest}
