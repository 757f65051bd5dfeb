"""What every service of the library does: who may, one letter to a province, one live event."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from appraisal.desk.models import DeskItem, DeskTask
from appraisal.desk.selectors import Desk
from appraisal.desk.services.steps import party_of, to_province
from appraisal.recognition.models import Find, LibraryEntry
from audit.trail import Actor, Person
from federation.contracts.addresses import Address
from federation.contracts.messages import Attachment, Message
from federation.contracts.recognition import SeenV1
from federation.letters.post import post
from federation.parties import selectors as parties
from federation.parties.models import Membership
from kernel import clock
from kernel.errors import BadInput, NotAllowed
from notify import live

MACHINE = Actor(None, "系统")
OPENNESS = ("shown", "place_only", "broker")


class NotAnAppraiserHere(NotAllowed):
    """Rights staff offer and switch off; an appraiser decides what is a known fake."""

    code = "not_an_appraiser"
    sentence = _("入库由“{organisation}”的鉴定人员确认。请通知他们。")


def require_appraiser(desk: Desk) -> None:
    """Raise NotAnAppraiserHere unless the person appraises for the organisation."""
    if not parties.appraisers_for(desk.organisation).filter(user=desk.person).exists():
        raise NotAnAppraiserHere(organisation=desk.organisation.name)


def require_decider(desk: Desk) -> None:
    """Raise NotAllowed unless the person appraises for the organisation or administers it."""
    Role = Membership.Role
    own = Membership.objects.filter(
        organisation=desk.organisation, user=desk.person, is_active=True, role__in=(Role.APPRAISER, Role.BRAND_ADMIN)
    )
    if not own.exists() and not parties.appraisers_for(desk.organisation).filter(user=desk.person).exists():
        raise NotAllowed()


def needed(reason: str) -> str:
    """The reason, cleaned. Raises BadInput without one."""
    words = reason.strip()
    if not words:
        raise BadInput(_("请写明原因。"), code="reason_missing")
    return words[:500]


def tell_task(task: DeskTask, message: Message, by: Person, attachments: Sequence[Attachment] = ()) -> None:
    """A letter to the province of a task, in the line of its matter."""
    to_province(task, message, by, attachments)


def tell_about_offer(find: Find, message: Message, by: Person) -> None:
    """A letter to the province that offered goods."""
    assert find.offer_id is not None
    post(
        message,
        to=Address.province(find.province_code),
        sender=Address.organisation(find.organisation_id),
        thread=find.offer_id,
        by=by,
        purpose="recognition",
    )


def announce(organisation_id: UUID, *topics: str, kind: str, pk: UUID) -> None:
    """A live event to everybody of the organisation who has a page of it open."""
    live.publish([*topics, "library"], kind, {"id": str(pk)}, party=party_of(organisation_id))


def find_of(item: DeskItem) -> Find:
    """The find that an item of the desk is: made at its first code, hint or entry."""
    task, product_id = item.task, item.product_id
    from appraisal.catalogue.models import Product

    return Find.objects.get_or_create(
        desk_item=item,
        defaults={
            "organisation_id": task.organisation_id,
            "origin": Find.Origin.REQUEST,
            "product_id": product_id if Product.objects.filter(pk=product_id).exists() else None,
            "product_name": item.product_name,
            "province_code": task.province_code,
            "county_code": task.county_code,
            "unit_name": task.unit_name,
            "request_id": task.request_id,
            "request_no": task.request_no,
            "item_id": item.item_id,
            "found_on": clock.local_date(task.sent_at),
        },
    )[0]


def share_of(find: Find, entry: LibraryEntry | None = None) -> str:
    """What others may see of a find: the narrower of what its province and the entry's owner chose."""
    if find.origin == Find.Origin.STAFF:
        return entry.visibility if entry else "broker"
    return max(find.shared, entry.visibility if entry else "shown", key=OPENNESS.index)


def may_be_seen(find: Find, province_code: str, entry: LibraryEntry | None = None) -> SeenV1:
    """What a province may see of an earlier matter. Its own it sees whole."""
    if find.province_code == province_code and find.origin != Find.Origin.STAFF:
        return SeenV1(
            how="own",
            province_code=find.province_code,
            county_code=find.county_code,
            found_on=find.found_on,
            unit_name=find.unit_name,
            request_id=find.request_id,
            request_no=find.request_no,
        )
    share = share_of(find, entry)
    if share == "broker":
        return SeenV1(how="broker")
    if share == "place_only":
        month = find.found_on.replace(day=1)
        return SeenV1(how="place_only", province_code=find.province_code, county_code=find.county_code, found_on=month)
    return SeenV1(
        how="staff" if find.origin == Find.Origin.STAFF else "shown",
        province_code=find.province_code,
        county_code=find.county_code,
        found_on=find.found_on,
        unit_name=find.unit_name,
    )
