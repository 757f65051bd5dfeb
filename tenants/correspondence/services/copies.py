"""What another province lets this one have a copy of, as it goes into a file here.

A right to look ends within a second of its withdrawal (`federation.grants.guarded`). A copy that was certified while
the right held, and that went so far, is a paper of the file from then on: it stays, with its digest and whence it came.
"""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit import trail
from evidence import services as evidence
from evidence.models import Exhibit
from evidence.store import store
from federation.grants import guarded
from federation.grants.models import Grant
from federation.letters.words import party_names
from kernel.errors import BadInput, NotFound404
from provinces.context import required
from tenants.cases import selectors as cases
from tenants.correspondence.models import CertifiedCopy


def certify(*, by: User, grant_id: UUID, item_id: UUID, case_id: UUID) -> CertifiedCopy:
    """核对入卷: a copy of one item of a grant that is held, into the file of a case. Twice is once.

    Not in a transaction: a refused look stays on record. Raises GrantOver, GrantTooNarrow when the right is over or
    does not go as far as a copy; NotFound404; NotAllowed for who does not work on the case.
    """
    party = f"province:{required().name}"
    grant = guarded.held(grant_id, party)
    item = grant.items.filter(item_id=item_id).first()
    case = cases.access_case(by, case_id)
    if item is None:
        raise NotFound404()
    guarded.require(
        grant_id, item.content, party=party, who=by.display_name, at_least="copy", what=item.title, way="file"
    )
    if not item.object_key:
        raise BadInput(_("这一项没有文件，不能作为复制件入卷。请摘录其内容。"), code="nothing_to_copy")
    with store().open(item.object_key, sha256=item.sha256) as stream:
        exhibit = evidence.receive(
            stream, declared_sha256=item.sha256, captured_at=None, source=Exhibit.Source.LETTER, by=by
        )
    with transaction.atomic():
        locked = cases.access_case(by, case_id, lock="handler")
        row, new = CertifiedCopy.objects.get_or_create(
            grant_id=grant_id,
            case=locked,
            sha256=item.sha256,
            defaults={
                "exhibit": exhibit,
                "what": item.title,
                "giver": party_names([grant.giver])[grant.giver][:120],
                "certified_by_name": by.display_name,
            },
        )
        if new:
            data = {"grant": str(grant_id), "sha256": item.sha256, "giver": grant.giver}
            trail.record(case, "certify_copy", by=by, data=data)
    return row


def ended(rows: list[CertifiedCopy]) -> set[UUID]:
    """Of these copies, the grants that hold no more: the copy stays, the rest can no longer be looked at."""
    party = f"province:{required().name}"
    grants = Grant.objects.filter(grant_id__in=[each.grant_id for each in rows], party=party, side=Grant.Side.HELD)
    return set(guarded.ended_at(grants))
