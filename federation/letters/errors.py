"""What the post office refuses. Each says what to do."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kernel.errors import BadInput, Conflict, NotAllowed


class Misused(RuntimeError):
    """The post office was called where it cannot work: a mistake in the program, not of a person."""


class AddresseeMissing(BadInput):
    """A letter to nobody."""

    code = "addressee_missing"
    sentence = _("没有收件方，函件未发出。请先选定收件单位。")


class AddresseeUnknown(BadInput):
    """Nobody of that name. Data: addressee."""

    code = "addressee_unknown"
    sentence = _("找不到收件方 {addressee}，函件未发出。该单位可能已注销或更名，请重新选择。")


class AddresseeSuspended(Conflict):
    """Known, but not receiving now. Data: addressee."""

    code = "addressee_suspended"
    sentence = _("收件方 {addressee} 已暂停使用平台，函件未发出。请与省际协作办公室联系，或改选其他单位。")


class SandboxApart(NotAllowed):
    """A letter from the sandbox to a real party, or the other way round. Data: addressee."""

    code = "sandbox_apart"
    sentence = _("沙箱和真实单位之间不通函件，没有发给 {addressee}。在沙箱里请选“沙箱品牌”，在本局请选真实的品牌。")


class AddresseeIsSender(BadInput):
    """A letter to oneself. Data: addressee."""

    code = "addressee_is_sender"
    sentence = _("收件方就是本单位，函件未发出。请选择其他单位。")


class SenderRefused(NotAllowed):
    """Somebody else's name as the sender. Data: sender."""

    code = "sender_refused"
    sentence = _("不能以 {sender} 的名义发函。请以本单位名义发出。")


class DocumentNoWrong(BadInput):
    """A numbered kind without a number, or the other way round. Data: kind."""

    code = "document_no_wrong"
    sentence = _("“{kind}”的文号不对：函须有文号，往来不编文号。请核对后再发。")


class AttachmentNotYours(NotAllowed):
    """A file that lies in somebody else's store. Data: what."""

    code = "attachment_not_yours"
    sentence = _("附件“{what}”不在本单位的存储中，函件未发出。请重新上传后再发。")


class AttachmentDiffers(Conflict):
    """The bytes are not those of the manifest. Data: what, sha256."""

    code = "attachment_differs"
    sentence = _("附件“{what}”与清单上的校验值不符，没有收下。请发件方重新发送。")


class AttachmentMissing(Conflict):
    """The sender's store has no such object. Data: what."""

    code = "attachment_missing"
    sentence = _("附件“{what}”在发件方的存储中找不到，没有收下。请发件方重新发送。")


class NoReceiver(Conflict):
    """Nobody here takes this kind. Data: kind, addressee."""

    code = "no_receiver"
    sentence = _("{addressee} 目前没有办理“{kind}”的模块。请升级系统后重新投递，或退回发件方。")


class KindUnknown(Conflict):
    """A kind or version this release does not know. Data: kind, version."""

    code = "kind_unknown"
    sentence = _("本系统还不认识“{kind}”第 {version} 版。请升级系统后重新投递。")


class BodyUnreadable(Conflict):
    """The body does not fit its contract or its digest. Data: kind."""

    code = "body_unreadable"
    sentence = _("“{kind}”的正文不符合约定格式，或与校验值不符。请退回发件方重发。")


class LetterExpired(Conflict):
    """It may not be used any more. Data: kind."""

    code = "letter_expired"
    sentence = _("“{kind}”已过使用期限，没有投递。请退回发件方，需要时重新发函。")


class NotNamed(NotAllowed):
    """The letter names somebody else. Data: addressee."""

    code = "not_named"
    sentence = _("这封函件的收件方是 {addressee}，不是本单位，不能处理。请从本单位的收件列表进入。")


class SentBeforeRestore(Conflict):
    """Sent already, and forgotten: its sender was restored from a backup. Data: document_no, written_at, letter_id."""

    code = "sent_before_restore"
    sentence = _(
        "这件函在恢复备份之前已经发出（{written_at} {document_no}），对方有原件，没有再发。"
        "确要另发一件，请系统管理员先在恢复报告中核对放行。"
    )
