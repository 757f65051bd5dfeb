"""The public register: a letter's number and code lead to its state. Numbers alone lead nowhere."""

from __future__ import annotations

import base64
import hmac
import unicodedata
from typing import Any
from urllib.parse import urlencode

from django.conf import settings

from appraisal.issuing.facts import facts_from_json
from appraisal.issuing.models import Certificate, LetterFile, OpinionLetter
from kernel import clock, sealing

_LOOK_ALIKE = str.maketrans("OI", "89")
CHECK_PATH = "/check/"


def check_code(letter: OpinionLetter) -> str:
    """Twelve letters in three groups that follow from the letter and its number; only our key makes them."""
    said = f"opinion code {letter.pk} {letter.number}".encode()
    letters = base64.b32encode(_digest(said, settings.MASTER_KEY)).decode()[:12].translate(_LOOK_ALIKE)
    return "-".join(letters[start : start + 4] for start in range(0, 12, 4))


def lookup(number: str, code: str) -> str:
    """Under what a letter is found. Blanks, full-width forms and small letters do not matter."""
    return lookups(number, code)[0]


def lookups(number: str, code: str) -> list[str]:
    """The same under each master key that counts: rows are brought to the present one by `rekeying`."""
    said = _said_of(number, code)
    return [_digest(said, key).hex() for key in sealing.master_keys()]


def _said_of(number: str, code: str) -> bytes:
    number = "".join(unicodedata.normalize("NFKC", number).split())
    letters = "".join(sign for sign in unicodedata.normalize("NFKC", code).upper() if sign.isalnum())
    return f"opinion lookup {number}|{letters.translate(_LOOK_ALIKE)}".encode()


def check_url(number: str, code: str) -> str:
    """Where anybody checks it, on the bare domain: what the QR says."""
    return f"{settings.SCHEME}://{settings.DOMAIN}{CHECK_PATH}?{urlencode({'n': number, 'c': code})}"


def write(letter: OpinionLetter) -> Certificate:
    """Bring the register up to date with a numbered letter. The caller's transaction."""
    paper = letter.files.filter(kind=LetterFile.Kind.PAPER).first()
    successor = letter.successors.exclude(state=OpinionLetter.State.DROPPED).first()
    held = letter.authorisation
    fields: dict[str, Any] = {
        "letter_id": letter.pk,
        "number": letter.number,
        "version_no": letter.version_no,
        "state": letter.state,
        "waits_for": letter.waits_for,
        "holder_name": letter.organisation.name,
        "agent_name": letter.agent.name if letter.agent else "",
        "issued_on": letter.issued_on,
        "signed_at": letter.formal_at,
        "ended_on": clock.local_date(letter.ended_at) if letter.ended_at else None,
        "superseded_by_no": successor.number if successor and letter.state == OpinionLetter.State.SUPERSEDED else "",
        "supersedes_no": letter.supersedes.number if letter.supersedes else "",
        "authorisation_no": held.number if held else "",
        "authorisation_from": held.valid_from if held else None,
        "authorisation_until": held.valid_until if held else None,
        "facts_sha256": letter.facts_sha256,
        "pdf_sha256": paper.sha256 if paper else "",
        "is_demo": letter.is_demo,
    }
    there = Certificate.objects.filter(letter_id=letter.pk).first()
    if there is None or letter.state == OpinionLetter.State.PRELIMINARY:
        fields |= _said(letter)
    under = lookup(letter.number, letter.check_code)
    if there is not None and there.lookup != under:  # the master key is changing, and `rekeying` has not come by yet
        Certificate.objects.filter(letter_id=letter.pk).update(lookup=under)
    found, _made = Certificate.objects.update_or_create(lookup=under, defaults=fields)
    return found


def _said(letter: OpinionLetter) -> dict[str, Any]:
    """Marks and conclusions as they are printed. Fixed once the letter is formal."""
    facts: Any = facts_from_json(letter.facts)
    return {
        "trademarks": [
            {key: mark[key] for key in ("name", "reg_no", "nice_classes", "valid_until", "standing")}
            for mark in facts["trademarks"]
        ],
        "items": [
            {key: item[key] for key in ("position", "name", "quantity", "unit", "value")} for item in facts["items"]
        ],
    }


def _digest(said: bytes, master_key: str) -> bytes:
    return hmac.digest(sealing.derived(master_key, salt=b"chazhenjia opinion check", info=b"1"), said, "sha256")
