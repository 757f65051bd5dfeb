"""What two installations refuse each other, and what the office's page refuses. Each says what to do."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kernel.errors import BadInput, Conflict, NotAllowed, Problem


class SignatureWrong(Problem):
    """Nobody we know has signed this request, or not this request."""

    code = "peer_signature_wrong"
    status = 401
    title = _("签名不对")
    sentence = _("签名与本平台登记的公钥不符，没有办理。请双方核对公钥指纹。")


class Replayed(Conflict):
    """This very request was taken before."""

    code = "peer_replayed"
    sentence = _("这个请求已经办理过，没有再办。请重新签名后发送。")


class ClockSkewed(Problem):
    """Signed too long ago, or in the future. Data: seconds (ours minus theirs), now."""

    code = "peer_clock_skewed"
    status = 401
    title = _("时间不对")
    sentence = _("双方时钟相差 {seconds} 秒，超过五分钟，没有办理。请校准服务器时间。")


class ProtocolUnknown(Conflict):
    """Their envelope is of a form we do not know. Data: protocol."""

    code = "peer_protocol_unknown"
    sentence = _("本平台还不认识第 {protocol} 版信封。请升级后再发。")


class SenderElsewhere(NotAllowed):
    """A letter in the name of a party that does not live there. Data: sender."""

    code = "peer_sender_wrong"
    sentence = _("{sender} 不在对方平台的单位名单上，没有收下。请双方更新单位名单。")


class EnvelopeWrong(BadInput):
    """The envelope cannot be read, or does not agree with itself. Data: what."""

    code = "peer_envelope_wrong"
    sentence = _("信封不符合约定（{what}），没有收下。请技术人员核对。")


class LetterDiffers(Conflict):
    """Another letter lies here under the same id or place. Data: letter_id."""

    code = "peer_letter_differs"
    sentence = _("同一编号下已有内容不同的函件，没有收下。请双方对账后处理。")


class PieceElsewhere(Conflict):
    """A piece of a file that does not follow what is here. Data: offset."""

    code = "peer_offset_wrong"
    sentence = _("附件已收到 {offset} 字节。请从那里接着发。")


class PeerUnreachable(Problem):
    """No connection, or none that we may use. Data: why."""

    code = "peer_unreachable"
    status = 502
    title = _("连不上")
    sentence = _("对方平台连不上（{why}）。请核对信使地址和网络，稍后再试。")


class PeerAnswerWrong(Problem):
    """The answer is not signed by them for this request, or cannot be read."""

    code = "peer_answer_wrong"
    status = 502
    title = _("回应不对")
    sentence = _("对方平台的回应没有可信签名，未采用。请双方核对公钥指纹和网络。")


class PeerRefused(Problem):
    """They have read it and said no. Data: their_code, said."""

    code = "peer_refused"
    status = 502
    title = _("对方拒绝")
    sentence = _("对方平台没有办理：{said}")


class CardWrong(BadInput):
    """What was pasted is no card."""

    code = "peer_card_wrong"
    sentence = _("这不是平台名片。请让对方从“对等平台”页面复制整行名片。")


class CardOfOurs(BadInput):
    """Our own card."""

    code = "peer_card_ours"
    sentence = _("这是本平台自己的名片。请粘贴对方的名片。")


class PeerThere(Conflict):
    """It is registered. Data: installation."""

    code = "peer_there"
    sentence = _("{installation} 已经登记过。请在名单里打开它。")


class AddressRefused(BadInput):
    """An address that a courier must not go to. Data: url."""

    code = "peer_address_refused"
    sentence = _("信使地址 {url} 不能用：须是 https 网址，不带路径、用户名。请核对对方名片。")


class PartyElsewhere(Conflict):
    """A party lives here, or is listed with another installation. Data: party."""

    code = "peer_party_taken"
    sentence = _("{party} 在本平台或另一对等平台，不能再列入。请与对方核对单位名单。")
