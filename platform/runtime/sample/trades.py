"""What each trade asks to see: shot lists, what an appraiser looks at, and how the fakes fail.

Shot codes are those of `shot_templates.csv`; the lists are each brand's own choice from them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, kw_only=True)
class Shot:
    """One photograph a brand asks for. `quick` shots are asked first; `required` ones make up the full set."""

    code: str
    name_zh: str
    name_en: str
    hint_zh: str
    hint_en: str
    required: bool = True
    quick: bool = False


def _shot(code: str, names: str, hints: str, flags: str = "R") -> Shot:
    name_zh, name_en = names.split("|")
    hint_zh, hint_en = hints.split("|")
    return Shot(
        code=code,
        name_zh=name_zh,
        name_en=name_en,
        hint_zh=hint_zh,
        hint_en=hint_en,
        required="R" in flags,
        quick="Q" in flags,
    )


SHOTS: Mapping[str, tuple[Shot, ...]] = MappingProxyType(
    {
        "baijiu": (
            _shot(
                "front_label",
                "瓶身正标|Front label",
                "正对瓶身，标签占满取景框，避开反光|Face the bottle, fill the frame, no glare",
                "RQ",
            ),
            _shot(
                "back_label",
                "瓶身背标|Back label",
                "厂名、执行标准、条码要能读清|Maker, standard and barcode readable",
                "RQ",
            ),
            _shot(
                "cap_top",
                "瓶盖顶部|Cap top",
                "垂直俯拍，盖面占画面一半以上|Straight from above, cap fills half the frame",
                "RQ",
            ),
            _shot(
                "batch_code",
                "生产日期与批号喷码|Date and batch code",
                "贴近拍，每个点都要看清|Close up, every dot visible",
                "RQ",
            ),
            _shot(
                "anti_fake_sticker",
                "防伪标|Security sticker",
                "换两个角度，看虹彩是否变化|Tilt it: does the rainbow change?",
            ),
            _shot("bottle_base", "瓶底|Bottle base", "瓶底朝上，侧光，让凸字显出来|Base up, light from the side"),
            _shot("outer_box_front", "外盒正面|Outer box front", "整盒入镜，边角完整|Whole box with its corners"),
            _shot(
                "invoice",
                "进货票据|Purchase slip",
                "遮住店名，只拍单号、日期|Cover the shop's name, show number and date",
                "O",
            ),
        ),
        "food": (
            _shot("pack_front", "包装正面|Pack front", "正对标签，避开反光|Face the label, no glare", "RQ"),
            _shot(
                "pack_back",
                "配料表与厂名厂址|Ingredients and maker",
                "整张背标，文字要能读清|Whole back label, text readable",
                "RQ",
            ),
            _shot(
                "batch_code",
                "生产日期与批号|Date and batch code",
                "瓶肩或盖上的喷码，贴近拍|Code on shoulder or cap, close up",
                "RQ",
            ),
            _shot("sc_no", "生产许可证号|Production licence number", "贴近拍 SC 开头的编号|Close up of the SC number"),
            _shot("barcode", "条码|Barcode", "条码平整、完整|Barcode flat and whole"),
        ),
        "cosmetics": (
            _shot("box_front", "外盒正面|Box front", "正对盒面，看清烫印|Face the box, foil print visible", "RQ"),
            _shot("box_back", "外盒背面全成分|Box back, ingredients", "备案号要能读清|Filing number readable", "RQ"),
            _shot("box_code", "盒底批号与限用日期|Box base, batch and expiry", "盒底朝上，贴近拍|Base up, close", "RQ"),
            _shot("bottle_front", "内瓶正面|Bottle front", "正对瓶身|Face the bottle"),
            _shot("bottle_base", "瓶底喷码|Bottle base code", "与盒底批号对照|Compare with the box code"),
        ),
        "auto_parts": (
            _shot("pack_front", "包装正面|Pack front", "整盒入镜，正对盒面|Whole box, face on", "RQ"),
            _shot("part_mark", "零件刻字与标识|Marks on the part", "擦净油污，正对刻字|Wipe it, face the marks", "RQ"),
            _shot("anti_fake_sticker", "防伪标|Security sticker", "看虹彩和二维码|Rainbow and QR code", "RQ"),
            _shot("pack_back", "包装背面|Pack back", "厂名厂址、执行标准|Maker and standard"),
            _shot("batch_code", "批号喷码|Batch code", "与零件上的码对照|Compare with the code on the part"),
        ),
        "shoes": (
            _shot("tongue_label", "鞋舌标|Tongue label", "翻平鞋舌，正对标签|Flatten the tongue, face the label", "RQ"),
            _shot(
                "size_label",
                "内侧尺码标|Inner size label",
                "货号、产地、日期要能读清|Article, origin and date readable",
                "RQ",
            ),
            _shot("box_label", "鞋盒侧标|Box end label", "与内侧尺码标对照|Compare with the inner label", "RQ"),
            _shot("shoe_pair", "外观侧面|Shoe from the side", "侧面平拍，鞋头朝左|From the side, toe to the left"),
            _shot("logo_closeup", "商标近拍|Mark close up", "看清针脚和边缘|Stitches and edges visible"),
        ),
        "electronics": (
            _shot("pack_front", "包装正面|Pack front", "整盒入镜|Whole box", "RQ"),
            _shot("nameplate", "铭牌|Nameplate", "贴近拍，参数要能读清|Close up, figures readable", "RQ"),
            _shot("device_front", "产品正面|Product front", "取出产品平放拍|Take it out and lay it flat", "RQ"),
            _shot("pack_label", "包装标签|Pack label", "型号、序列号、条码|Model, serial number, barcode"),
            _shot("ccc_mark", "认证标志近拍|Certification mark", "标志占画面一半以上|Mark fills half the frame", "O"),
        ),
    }
)


# How the fakes fail, per trade and shot: key of the drawn element -> what an appraiser would say of it.
FAULTS: Mapping[tuple[str, str], Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        ("baijiu", "front_label"): {
            "logo": ("品牌字笔画偏粗、收笔无锋", "Brand lettering too heavy, strokes end blunt"),
            "seal": ("印章偏橙红，正品为暗红", "Seal is orange, the genuine one dark red"),
            "micro": ("下沿微缩文字缺失，只有一条实线", "Micro text at the lower edge is a plain line"),
        },
        ("baijiu", "back_label"): {
            "barcode": ("条码校验位错误", "Barcode check digit is wrong"),
            "standard": ("执行标准号缺年份", "Standard number lacks its year"),
            "print": ("贮存说明字迹发虚、套印不准", "Storage text is blurred and out of register"),
        },
        ("baijiu", "cap_top"): {
            "emblem": ("盖面山形标偏心、线条偏粗", "Mountain emblem off centre, lines too thick"),
            "ring": ("外圈拼音字距不匀、少一枚分隔点", "Ring lettering unevenly spaced, a separating dot missing"),
        },
        ("baijiu", "batch_code"): {
            "format": ("批号格式不符：正品为字母加 8 位数字", "Wrong batch format: genuine is a letter and 8 digits"),
            "dots": ("喷码为连笔印刷，无点阵", "Code is printed solid, not in dots"),
        },
        ("baijiu", "anti_fake_sticker"): {
            "hologram": ("虹彩为平面印刷，不随角度变化", "Rainbow is flat print and does not shift"),
            "serial": ("流水号为重复号段", "Serial number from a repeated range"),
        },
        ("baijiu", "bottle_base"): {
            "mould": ("模具号字体不符、深浅不一", "Mould number in another face, uneven depth"),
            "seam": ("合模线偏移，未过圆心", "Mould seam is shifted off the centre"),
        },
        ("baijiu", "outer_box_front"): {
            "logo": ("品牌字笔画偏粗", "Brand lettering too heavy"),
            "foil": ("烫金边框错位、右边偏窄", "Foil frame is displaced, right margin too narrow"),
        },
        ("food", "pack_front"): {
            "logo": ("品牌字用错字重", "Brand lettering in the wrong weight"),
            "picture": ("图案印刷模糊、偏色", "Picture is blurred and off colour"),
            "volume": ("净含量字体偏小，低于标注高度", "Net content too small for the rule"),
        },
        ("food", "pack_back"): {
            "barcode": ("条码校验位错误", "Barcode check digit is wrong"),
            "maker": ("厂址少一行，无联系电话", "Address line missing, no telephone"),
            "print": ("配料表字迹发虚", "Ingredients are blurred"),
        },
        ("food", "batch_code"): {
            "format": ("日期后缺班次码", "Shift code after the date is missing"),
            "dots": ("喷码为连笔印刷，无点阵", "Code is printed solid, not in dots"),
        },
        ("food", "sc_no"): {"licence": ("许可证号少一位", "Licence number is one digit short")},
        ("food", "barcode"): {"barcode": ("条码校验位错误", "Barcode check digit is wrong")},
        ("cosmetics", "box_front"): {
            "logo": ("字距偏密，正品字间距为一个字宽", "Letters too close, genuine spacing is one letter wide"),
            "foil": ("烫印无渐变，色泽偏黄", "Foil has no gradient and is too yellow"),
            "volume": ("净含量位置偏高", "Net content sits too high"),
        },
        ("cosmetics", "box_back"): {
            "barcode": ("条码校验位错误", "Barcode check digit is wrong"),
            "filing": ("备案号位数不对", "Filing number has the wrong length"),
            "print": ("全成分表字迹发虚", "Ingredient list is blurred"),
        },
        ("cosmetics", "box_code"): {
            "format": ("批号与限用日期次序颠倒", "Batch and expiry are in the wrong order"),
            "dots": ("应为压凹码，此为油墨印刷", "Should be embossed, is printed in ink"),
        },
        ("cosmetics", "bottle_front"): {
            "logo": ("字距偏密", "Letters too close"),
            "foil": ("金色细线断续", "Gold line is broken"),
        },
        ("cosmetics", "bottle_base"): {
            "mould": ("瓶底批号与盒底不一致", "Base code differs from the box"),
            "seam": ("合模线明显", "Mould seam is prominent"),
        },
        ("auto_parts", "pack_front"): {
            "logo": ("字母倾角不足，正品前倾 12 度", "Letters stand too upright, genuine lean 12 degrees"),
            "stripe": ("黄色条纹偏绿", "Yellow stripe is greenish"),
            "partno": ("件号少后缀", "Part number lacks its suffix"),
        },
        ("auto_parts", "part_mark"): {
            "logo": ("刻字为油墨喷印，边缘发毛", "Marks are sprayed ink with rough edges"),
            "friction": ("摩擦系数代号缺失", "Friction code is missing"),
            "code": ("追溯码与批号不符", "Trace code does not match the batch"),
        },
        ("auto_parts", "anti_fake_sticker"): {
            "hologram": ("虹彩为平面印刷", "Rainbow is flat print"),
            "serial": ("流水号为重复号段", "Serial number from a repeated range"),
        },
        ("auto_parts", "pack_back"): {
            "barcode": ("条码校验位错误", "Barcode check digit is wrong"),
            "standard": ("执行标准号缺年份", "Standard number lacks its year"),
            "print": ("安装说明字迹发虚", "Fitting text is blurred"),
        },
        ("auto_parts", "batch_code"): {
            "format": ("批号格式不符", "Wrong batch format"),
            "dots": ("喷码为连笔印刷，无点阵", "Code is printed solid, not in dots"),
        },
        ("shoes", "tongue_label"): {
            "logo": ("三道斜纹角度不一", "The three bars lean at different angles"),
            "stitch": ("车线针距不匀、末端散线", "Uneven stitches, loose thread at the end"),
        },
        ("shoes", "size_label"): {
            "article": ("货号与鞋盒不一致", "Article number differs from the box"),
            "sizes": ("欧码与毫米换算错误", "EU size and millimetres do not agree"),
            "barcode": ("条码校验位错误", "Barcode check digit is wrong"),
        },
        ("shoes", "box_label"): {
            "barcode": ("条码校验位错误", "Barcode check digit is wrong"),
            "colour": ("配色名称拼写错误", "Colour name is misspelt"),
        },
        ("shoes", "shoe_pair"): {
            "logo": ("侧面斜纹位置偏低、偏粗", "Side bars sit too low and are too thick"),
            "glue": ("中底边缘溢胶", "Glue shows along the midsole"),
        },
        ("shoes", "logo_closeup"): {
            "logo": ("三道斜纹角度不一", "The three bars lean at different angles"),
            "stitch": ("绣线边缘毛糙、露底", "Ragged embroidery, base cloth shows"),
        },
        ("electronics", "pack_front"): {
            "logo": ("字母 o 应为正圆", "The letter o should be a true circle"),
            "claim": ("功率数字字体不符", "Power figure in another face"),
            "tone": ("主色偏紫", "Main colour is too purple"),
        },
        ("electronics", "nameplate"): {
            "rating": ("输出参数缺 20V 档", "Output lacks its 20 V line"),
            "mark": ("认证标志比例不对", "Certification mark in wrong proportion"),
            "serial": ("序列号位数不对", "Serial number has the wrong length"),
        },
        ("electronics", "device_front"): {
            "logo": ("标志偏左、印刷过深", "Mark sits too far left and too dark"),
            "seam": ("合缝偏大、不平直", "Seam is wide and not straight"),
        },
        ("electronics", "pack_label"): {
            "barcode": ("条码校验位错误", "Barcode check digit is wrong"),
            "serial": ("序列号位数不对", "Serial number has the wrong length"),
        },
        ("electronics", "ccc_mark"): {"mark": ("标志比例不对", "Mark in wrong proportion")},
    }
)


CHECKS: Mapping[str, tuple[tuple[str, str, bool], ...]] = MappingProxyType(
    {
        "baijiu": (
            (
                "front_label",
                "品牌字笔画收笔有锋，粗细与样张一致|Brand strokes end in a point, weight as in the sample",
                False,
            ),
            ("front_label", "下沿微缩文字可读|Micro text along the lower edge is readable", False),
            ("cap_top", "盖面山形标居中，外圈有四枚分隔点|Emblem centred, four dots in the ring", False),
            ("batch_code", "点阵喷码，字母加 8 位数字|Dot code, one letter and 8 digits", False),
            ("back_label", "条码校验位正确，执行标准带年份|Barcode check digit right, standard with year", False),
            ("anti_fake_sticker", "虹彩随角度变化|Rainbow shifts with the angle", False),
            ("front_label", "印章内第二笔留有 0.3 mm 断口|The seal's second stroke has a 0.3 mm gap", True),
            ("bottle_base", "模具号末位与批号首字母对应|Last mould digit matches the batch letter", True),
        ),
        "food": (
            ("pack_front", "品牌字字重与样张一致|Brand lettering weight as in the sample", False),
            ("pack_front", "图案清晰，网点细密|Picture sharp with a fine screen", False),
            ("pack_back", "厂址两行，有联系电话|Two address lines and a telephone", False),
            ("batch_code", "日期后有两位班次码|Two-digit shift code after the date", False),
            ("sc_no", "SC 后 14 位|14 digits after SC", False),
            ("batch_code", "班次码与灌装线对应|Shift code matches the filling line", True),
        ),
        "cosmetics": (
            ("box_front", "字间距为一个字宽|Letter spacing is one letter wide", False),
            ("box_front", "烫印有冷暖渐变|Foil runs from cold to warm", False),
            ("box_back", "备案号格式正确|Filing number well formed", False),
            ("box_code", "压凹码，先批号后限用日期|Embossed, batch before expiry", False),
            ("bottle_base", "瓶底码与盒底一致|Base code equals the box code", False),
            ("box_front", "盒内舌片印有暗记|A hidden mark on the inner flap", True),
        ),
        "auto_parts": (
            ("pack_front", "字母前倾 12 度|Letters lean 12 degrees", False),
            ("pack_front", "件号带两位后缀|Part number has its two-letter suffix", False),
            ("part_mark", "激光刻字，边缘干净|Laser marks with clean edges", False),
            ("part_mark", "有摩擦系数代号|Friction code present", False),
            ("anti_fake_sticker", "二维码与流水号一致|QR code agrees with the serial number", False),
            ("part_mark", "背板倒角两侧不等宽|Backing plate chamfers differ in width", True),
        ),
        "shoes": (
            ("tongue_label", "三道斜纹平行等宽|Three bars parallel and even", False),
            ("tongue_label", "车线针距均匀|Even stitches", False),
            ("size_label", "货号与鞋盒一致|Article number equals the box", False),
            ("size_label", "毫米与欧码换算正确|Millimetres and EU size agree", False),
            ("box_label", "配色名称与货号对应|Colour name belongs to the article", False),
            ("shoe_pair", "中底边缘无溢胶|No glue along the midsole", False),
            ("size_label", "日期码与工厂代码对应|Date code matches the factory code", True),
        ),
        "electronics": (
            ("pack_front", "字母 o 为正圆|The letter o is a true circle", False),
            ("nameplate", "输出参数齐全|All output lines present", False),
            ("nameplate", "序列号 14 位|Serial number of 14 characters", False),
            ("device_front", "合缝平直、小于 0.2 mm|Seam straight and under 0.2 mm", False),
            ("pack_label", "盒标序列号与铭牌一致|Box serial equals the nameplate", False),
            ("device_front", "接口内侧有激光点|Laser dot inside the socket", True),
        ),
    }
)
