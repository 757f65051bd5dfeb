"""An entry that suddenly matches everything, or that people refuse again and again, is stopped by itself and shown."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from appraisal.desk.models import DeskVerdict
from appraisal.recognition.models import Elsewhere, Hint, LibraryEntry, PhotoLook
from federation.parties.models import Membership
from kernel import clock
from notify.services import tell

WINDOW = timedelta(hours=24)
FEWEST_REQUESTS = 8
"""Requests that were looked at in the window before a share of them means anything."""
MOST_SHARE = 0.5
REFUSALS_IN_A_ROW = 5


def check_matches(entry: LibraryEntry) -> bool:
    """Stop an entry that matched more than half of all requests looked at within a day. Returns whether it was stopped.

    A raid on one den is one request, however many lots. No match too many is what people took for the same, nor what an
    appraiser found to be a fake: in a flood of one fake its entry is right.
    """
    from appraisal.recognition.services.entries import FOUND_WANTING

    since = clock.now() - WINDOW
    looked = PhotoLook.objects.filter(
        organisation_id=entry.organisation_id, state=PhotoLook.State.DONE, done_at__gte=since
    )
    matched = Hint.objects.filter(entry=entry, at__gte=since, band__in=("strong", "likely"))
    matched = matched.exclude(state=Hint.State.ACCEPTED).exclude(decisions__answer=Hint.State.ACCEPTED)
    found = DeskVerdict.objects.filter(item_id=OuterRef("photo__item_id"), value__in=FOUND_WANTING)
    matched = matched.exclude(Exists(found.filter(superseded_by=None, withdrawal=None)))
    return _stop_if_most(entry, _requests(matched), _requests(looked))


def check_elsewhere(entry: LibraryEntry) -> bool:
    """The same for requests about other brands that its library was searched for. Returns whether it was stopped."""
    since = clock.now() - WINDOW
    searched = PhotoLook.objects.filter(beyond_at__gte=since).exclude(organisation_id=entry.organisation_id)
    matched = Elsewhere.objects.filter(entry=entry, at__gte=since).exclude(state=Elsewhere.State.ACCEPTED)
    return _stop_if_most(entry, _requests(matched), _requests(searched))


def _requests(rows: Any) -> int:
    return int(rows.order_by().values("photo__item__task_id").distinct().count())


def _stop_if_most(entry: LibraryEntry, matched: int, looked: int) -> bool:
    if looked < FEWEST_REQUESTS or matched <= MOST_SHARE * looked:
        return False
    words = _("一天内比对的 {looked} 件申请里有 {matched} 件都匹配，且没有人采纳，也没有鉴定为假")
    _stop(entry, words.format(looked=looked, matched=matched))
    return True


def check_refusals(entry: LibraryEntry) -> bool:
    """Stop an entry whose last hints were all refused. Returns whether it was stopped."""
    from appraisal.recognition.selectors import last_word

    hints = Hint.objects.filter(entry=entry).order_by("-at", "-id").prefetch_related("decisions")[:50]
    spoken = [(hint.at, last_word(hint)) for hint in hints]
    spoken += list(Elsewhere.objects.filter(entry=entry).order_by("-at").values_list("at", "state")[:50])
    decided = [word for _at, word in sorted(spoken, reverse=True) if word in (Hint.State.ACCEPTED, Hint.State.REJECTED)]
    last = decided[:REFUSALS_IN_A_ROW]
    if len(last) < REFUSALS_IN_A_ROW or Hint.State.ACCEPTED in last:
        return False
    _stop(entry, _("最近 {count} 次提示都被判为不像").format(count=REFUSALS_IN_A_ROW))
    return True


def _stop(entry: LibraryEntry, why: str) -> None:
    from appraisal.recognition.services import entries

    row = LibraryEntry.objects.select_for_update().get(pk=entry.pk)
    if row.state != LibraryEntry.State.CONFIRMED:
        return
    entries.fall(row, "brake", note=why)
    people = Membership.objects.filter(
        organisation_id=row.organisation_id,
        is_active=True,
        role__in=(Membership.Role.APPRAISER, Membership.Role.BRAND_ADMIN),
    ).values_list("user_id", flat=True)
    tell(
        to=set(people),
        code="entry_braked",
        title=_("假货库条目 {entry} 匹配过多，已自动停用").format(entry=row),
        body=why,
        url="/library/",
    )
