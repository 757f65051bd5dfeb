"""What rooms refuse. Each says what to do."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kernel.errors import BadInput, Conflict


class NotCounted(Conflict):
    """The room would not count this: the seat takes no part, does not lead, or it is another's. Data: what."""

    code = "joint_case_not_yours"
    sentence = _("现在不能这样做：本单位未参加、不牵头，或这一项由别的单位负责。请刷新页面后再看。")


class RoomClosed(Conflict):
    code = "joint_case_closed"
    sentence = _("联合办案已结案，不能再改。确需继续，请由牵头单位重新启动。")


class RowsOpen(BadInput):
    """Closing needs each row of the progress table ended or explained. Data: places."""

    code = "joint_case_rows_open"
    sentence = _("进展表还有未办结的：{places}。请由承办单位办结，或由牵头单位逐行写明原因，再结案。")


class LeadStays(Conflict):
    code = "joint_case_lead_stays"
    sentence = _("牵头单位不能直接退出。请先把牵头移交给另一个成员单位。")


class FileNotShowable(BadInput):
    """Data: title."""

    code = "joint_case_file"
    sentence = _("“{title}”正在处理或已撤回，不能上墙。请稍候再试，或换一件。")
