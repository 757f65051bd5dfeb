"""The one organisation that answers the sandbox, and its robot. Found by name, see `runtime.sandbox`.

Its rows lie in `public`, once; they are marked by an id that no other organisation can have.
"""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any
from uuid import UUID

from accounts.models import User
from federation.letters.addressees import SANDBOX_ORGANISATION
from federation.parties import files
from federation.parties.models import ANYWHERE, Authorisation, Document, Membership, Organisation, Trademark
from kernel import clock
from kernel.uscc import check_character

ROBOT = "sandbox-robot"
NAME = "沙箱品牌企业（联调用）"
NICE_CLASS = 33
_USCC = "91000000MA9ABX001"


def fill(stage: Any) -> None:
    """Make what is missing. Leaves `stage.made["organisation"]`."""
    with stage.owner():
        made = Organisation.objects.filter(pk=UUID(SANDBOX_ORGANISATION)).first()
        if made is None:
            made = Organisation.objects.create(
                pk=UUID(SANDBOX_ORGANISATION), name=NAME, short_name="沙箱品牌", uscc=_USCC + check_character(_USCC)
            )
        stage.made["organisation"] = made
        if Authorisation.objects.filter(organisation=made).exists():
            return
        today = clock.local_date(stage.now)
        mark, _new = Trademark.objects.get_or_create(
            organisation=made,
            reg_no="SANDBOX-1",
            defaults={
                "name": "沙箱牌",
                "nice_classes": [NICE_CLASS],
                "valid_until": today + timedelta(days=3650),
            },
        )
        robot = User.objects.filter(username=ROBOT).first() or User.objects.create_user(
            ROBOT, name="沙箱机器人", title="沙箱机器人（自动答复）", is_service=True
        )
        member, _new = Membership.objects.get_or_create(
            user_id=robot.pk, organisation=made, role=Membership.Role.APPRAISER
        )
    with stage.enter("brands"):
        kept = files.keep(io.BytesIO(stage.paper("授权委托书", ("沙箱授〔2026〕1号", NAME))), organisation_id=made.pk)
    with stage.owner():
        document = Document.objects.create(organisation=made, title="沙箱授〔2026〕1号", **kept.fields())
        row = Authorisation.objects.create(
            number="沙箱授〔2026〕1号",
            organisation=made,
            membership=member,
            nice_classes=[NICE_CLASS],
            territory=[ANYWHERE],
            valid_from=today - timedelta(days=1),
            valid_until=today + timedelta(days=3600),
            document=document,
        )
        row.trademarks.set([mark])
