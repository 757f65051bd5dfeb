"""What the codes of recognition say to people."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

BANDS: dict[str, Promise] = {
    "strong": _("很可能是同一印刷品"),
    "likely": _("可能是同一印刷品"),
    "possible": _("同系列，请比对"),
    "family": _("同品牌，印刷不同"),
    "none": _("不相符"),
}
HELD_DOWN: dict[str, Promise] = {
    "genuine_as_near": _("与正品参考图同样相近，已降低等级"),
    "sibling_as_near": _("另一产品也同样相近，已降低等级"),
    "poor_photo": _("照片质量不足，已降低等级"),
    "too_small": _("相符的面积太小，已降低等级"),
}
QUALITY: dict[str, Promise] = {
    "too_small": _("照片太小，请靠近重拍"),
    "too_dark": _("照片太暗，请开灯或开闪光灯重拍"),
    "blown_out": _("反光过强，请换个角度重拍"),
    "blurred": _("照片模糊，请拿稳、对焦后重拍"),
    "too_few_points": _("照片上看不清印刷内容，请让商品正面占满画面"),
    "screen": _("像是翻拍屏幕，请直接拍实物"),
    "many_alike": _("画面里有多件同样的商品，请只拍一件"),
    "no_barcode": _("条码没有读出，请正对条码、靠近重拍"),
    "no_letters": _("没有读出字符，请靠近喷码、对焦后重拍"),
}
HEALTH: dict[str, Promise] = {
    "ok": _("识别模型正常"),
    "weights_missing": _("缺少识别模型文件，改用备用方法，速度较慢，漏检略多；请重新安装程序包"),
    "weights_changed": _("识别模型文件与发布时不同，改用备用方法；请重新安装程序包"),
    "model_differs": _("识别模型的计算结果与发布时不同，改用备用方法；请重新安装程序包"),
}
