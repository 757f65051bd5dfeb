"""Sentences and views of the queue that people keep."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from appraisal.desk.models import ReplyTemplate, SavedFilter
from appraisal.desk.selectors import Desk
from kernel.errors import BadInput


def keep_template(*, desk: Desk, use: str, text: str) -> ReplyTemplate:
    """Keep a canned sentence for everybody at the organisation. Twice is once."""
    words = " ".join(text.split())
    if not words or use not in ReplyTemplate.Use.values:
        raise BadInput(_("请写下要保存的话，并选择用在哪里。"), code="template_missing")
    return ReplyTemplate.objects.get_or_create(organisation=desk.organisation, use=use, text=words[:500])[0]


def drop_template(*, desk: Desk, template_id: UUID) -> None:
    """Forget a canned sentence. One that is gone already is no error."""
    ReplyTemplate.objects.filter(pk=template_id, organisation=desk.organisation).delete()


def keep_filter(*, desk: Desk, name: str, query: str) -> SavedFilter:
    """Keep a view of the queue for this person. A name that is taken gets the new view."""
    if not name.strip() or not query:
        raise BadInput(_("请先筛选，再给这个视图起个名字。"), code="filter_missing")
    return SavedFilter.objects.update_or_create(
        person=desk.person, organisation=desk.organisation, name=name.strip()[:20], defaults={"query": query[:300]}
    )[0]


def drop_filter(*, desk: Desk, filter_id: UUID) -> None:
    """Forget one of this person's views."""
    SavedFilter.objects.filter(pk=filter_id, person=desk.person).delete()
