"""What grants refuse. Each says what to do."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kernel.errors import BadInput, NotAllowed, Problem


class GrantOver(Problem):
    """The giver has ended it, or it has run out. Data: giver, at."""

    code = "grant_over"
    status = 410
    title = _("共享已终止")
    sentence = _("“{giver}”的共享已于 {at} 结束，内容不能再看。如仍需要，请联系对方重新共享。")


class GrantNotYet(NotAllowed):
    """It begins later. Data: at."""

    code = "grant_not_yet"
    sentence = _("这项共享从 {at} 开始，现在还不能看。请到时再来。")


class GrantTooNarrow(NotAllowed):
    """The grant does not go so far. Data: content, level, wanted."""

    code = "grant_too_narrow"
    sentence = _("对方对“{content}”只开放到“{level}”，不能“{wanted}”。如确需使用，请联系对方另行共享。")


class GrantEmpty(BadInput):
    code = "grant_empty"
    sentence = _("没有选定要共享的内容。请至少选一类，并写明共享到什么程度。")


class GrantTermWrong(BadInput):
    """Data: most_days."""

    code = "grant_term"
    sentence = _("到期时间要在现在之后、{most_days} 天之内。请重新填写。")


class GrantPurposeMissing(BadInput):
    code = "grant_purpose"
    sentence = _("没有写明用途。请写明对方为什么要用、用在哪件事上。")


class GrantWhyMissing(BadInput):
    code = "grant_end_why"
    sentence = _("没有写明终止的原因。请写一句，对方会看到。")


class GrantItemOutside(BadInput):
    """Data: content."""

    code = "grant_item_outside"
    sentence = _("这项共享不包括“{content}”，没有送出。请另开一项共享。")
