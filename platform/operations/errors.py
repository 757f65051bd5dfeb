"""What an operator is told when a procedure does not go on."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kernel.errors import BadInput, Conflict


class ProcedureRefused(Conflict):
    """Something must be done first."""

    code = "procedure_refused"
    sentence = _("现在不能做这一步：{why}")


class ProcedureBusy(Conflict):
    """Somebody else runs the same procedure now."""

    code = "procedure_busy"
    sentence = _("{kind} {scope} 正由另一个进程执行。请等它结束，或先终止它，再运行一次。")


class OtherOptions(Conflict):
    """The one that was broken off had other options."""

    code = "procedure_other_options"
    sentence = _(
        "{kind} {scope} 上次没有做完，参数是 {options}。请用原来的参数再运行一次接着做，或加 --abandon 放弃上次的。"
    )


class NotConfirmed(BadInput):
    """What cannot be undone is asked for twice."""

    code = "procedure_not_confirmed"
    sentence = _("没有确认：{why}")
