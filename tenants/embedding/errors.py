"""Why a launch is refused: a code and a plain sentence each. The officer reads the one, the integrator the other."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kernel.errors import Conflict, Problem

_AGAIN = _("请回到办案系统，重新点一次“查真假”。")

REFUSALS = {
    "launch_token_missing": _("这个网址缺少启动凭证。请从办案系统里打开，不要直接输入网址。"),
    "launch_token_unreadable": _(
        "启动凭证读不出来，可能被截断或改动。请回到办案系统重新打开；仍不行，请联系对接管理员。"
    ),
    "launch_algorithm": _("启动凭证的签名算法“{alg}”不受理。请对接方改用 EdDSA、ES256 或 RS256。"),
    "launch_unknown_issuer": _("启动凭证的签发方不是本网址已启用的对接。请对接管理员核对客户端编号（iss）和对接状态。"),
    "launch_unknown_key": _("启动凭证的密钥编号“{kid}”没有登记或已停用。请对接管理员登记新的公钥。"),
    "launch_bad_signature": _(
        "启动凭证的签名不对，内容可能被改动。请对接管理员核对公钥；怀疑被冒用时请立即停用该公钥。"
    ),
    "launch_other_host": _("启动凭证是给另一个网址的，不能在本网址使用。请对接方核对受众（aud）。"),
    "launch_expired": _("启动凭证已过期。请回到办案系统，重新点一次“查真假”。"),
    "launch_not_yet": _(
        "启动凭证的签发时间在将来：办案系统的时钟快了 {skew_s} 秒，容许 {window_s} 秒。请对接管理员校准时钟。"
    ),
    "launch_too_long": _("启动凭证的有效期超过 {most_s} 秒。请对接方缩短有效期后重新签发。"),
    "launch_claims": _("启动凭证缺少或写错了“{claim}”。请对接方按接口说明填写。"),
    "launch_replayed": _("这个启动凭证已经用过一次。请回到办案系统，重新点一次“查真假”。"),
    "launch_officer_unknown": _("办案系统报来的人员在这里没有账号。请本单位管理员先添加账号；系统不会自动建立。"),
    "launch_officer_two": _(
        "办案系统报来的人员在这里对应两个账号，无法确定是哪一位。请本单位管理员核对账号、执法证号和手机号。"
    ),
    "launch_officer_suspended": _("您在这里的账号已停用。如需恢复，请联系本单位管理员。"),
    "launch_not_an_officer": _("这个账号是管理员账号，不能从办案系统直接打开。请用执法人员账号，或从本网址登录。"),
    "launch_other_unit": _("办案系统报来的单位与您在这里的单位（{unit}）不一致。请管理员核对后再打开。"),
    "launch_origin": _("打开本页的网址 {origin} 不在这个对接允许嵌入的名单里。请对接管理员登记，或在新窗口打开。"),
    "launch_other_officer": _(
        "统一身份登录的是 {signed_in}，而办案系统报来的是另一位。请退出统一身份后，用本人账号重新打开。"
    ),
    "launch_no_provider": _("本省没有可用的统一身份登录。请对接方改用签名链接，或请管理员先配置统一身份。"),
    "launch_other_browser": _("这次打开不是在本浏览器里发起的，或已超时、已用过。请回到办案系统重新打开。"),
}  # fmt: skip


class LaunchRefused(Problem):
    """A launch that is not let in. Data: what its sentence names."""

    code = "launch_refused"
    status = 403
    title = _("没有打开")
    sentence = _AGAIN

    def __init__(self, code: str, **data: object) -> None:
        super().__init__(REFUSALS[code], code=code, **data)

    def __reduce__(self) -> tuple[object, ...]:
        return _again, (self.code, self.data)


def _again(code: str, data: dict[str, object]) -> LaunchRefused:
    return LaunchRefused(code, **data)


class NumberTaken(Conflict):
    """Another matter of the same connection has this case number. Data: number."""

    code = "case_number_taken"
    sentence = _("案号 {number} 已用于这个对接的另一件。请核对；确是同一件的，请用“并入”。")
