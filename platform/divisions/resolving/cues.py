"""Words that tell what an address is to a matter, and in which order the roles count."""

from __future__ import annotations

from typing import Final

SHOP: Final = "shop"
SENDER: Final = "sender"
RECEIVER: Final = "receiver"
LICENCE: Final = "licence"
SUPPLIER: Final = "supplier"
MAKER: Final = "maker"
HOME: Final = "home"
COMPANY_NAME: Final = "company"
NONE: Final = ""

RANK: Final = {
    SHOP: 50, NONE: 40, SENDER: 35, RECEIVER: 30, LICENCE: 20, SUPPLIER: 15, MAKER: 12, HOME: 10, COMPANY_NAME: 5,
}  # fmt: skip
"""Where an act was done comes first: the shop, then an address without a word, then where goods were sent from."""

_BEFORE: Final = {
    SHOP: (
        "店址 店铺地址 门店地址 经营地址 经营地 经营场所 实际经营地 实际经营地址 实际地址 实际经营 现场 "
        "现场地址 案发地 售假地 售假地址 售假地点 销售地 销售地点 实体店 店在 店开在 开在 违法地 违法地址 "
        "涉案地 涉案地址 涉案地点 检查地点 被举报人地址 被投诉人地址 商家地址 商户地址 店面 摊位 档口地址 "
        "门市地址 售卖地 售卖地点 售卖点 卖货点 门市 店铺在 店铺位于 店铺: 店铺： 地点在 送达地 卖到 销往 销到 "
        "流入 铺货到 在售地"
    ),
    SENDER: (
        "发货地 发货地址 发货地: 发货仓 发货仓库 发货方 发货人 发货点 寄件 寄件人 寄件地 寄件地址 寄件方 "
        "寄件网点 寄件人地址 寄出地 寄出地址 发件 发件人 发件地 发件地址 发件网点 揽收 揽件 揽收地 揽收网点 "
        "揽收点 始发 始发地 起运地 退货地址 退货地 退换货地址 仓库地址 仓库在 仓储地址 出货地 货源地 【寄】 "
        "【发】 寄: 寄： 发: 发： (寄) （寄） [寄] 「寄」 寄方 寄自 发自 实际发货 实际发货地 发货 寄件信息 "
        "发货是 仓在"
    ),
    RECEIVER: (
        "收货 收货地 收货地址 收货人 收货人地址 收件 收件人 收件地 收件地址 收件方 收件人地址 【收】 收: 收： "
        "(收) （收） [收] 「收」 收方 寄往 发往 发到 寄到 寄给 发给 送到 送往 运往 运到 派送 派送地 派件 "
        "派件网点 派件地 目的地 到货地 买家地址 买家 买家在 买方 消费者 购买者 客户在 收货方 收货人在 "
        "消费者地址 购买人地址 客户地址 签收 签收地 收件信息 寄至 发至 运至"
    ),
    LICENCE: (
        "注册地 注册地址 注册在 营业执照 营业执照地址 营业执照住所 执照地址 执照住所 执照上 执照登记 "
        "执照登记地 登记地 登记地址 登记住所 工商登记 工商注册 工商登记地址 公示地址 亮照地址 住所 住所地 "
        "法定地址 许可证地址 许可证住所 营业执照注册地 注册住所 主体登记地 登记机关 执照"
    ),
    SUPPLIER: (
        "供货商 供货方 供应商 上家 上线 进货地 进货自 进货渠道 货源 拿货 批发自 供货 总代 经销商 采购自 购自 进自"
    ),
    MAKER: (
        "产地 生产地 生产地址 生产商 生产厂家 生产厂 厂址 厂家 厂家地址 制造商 制造地 制造商地址 原产地 委托方 "
        "受托方 被委托方 出品 出品方 监制 标称产地 标称生产 标称"
    ),
    HOME: (
        "户籍 户籍地 户籍地址 户口 老家 籍贯 家住 身份证地址 身份证住址 住址 家庭住址 举报人住址 投诉人地址 "
        "举报人地址 投诉人住址 联系地址 通讯地址 通信地址 祖籍"
    ),
}

_AFTER: Final = {
    SHOP: (
        "(售假地) （售假地） 售假地） (店) （店） (门店) （门店） (实体店) （实体店） 开店 开的店 有店 有门店 "
        "(现场) （现场） (经营地) （经营地）"
    ),
    SENDER: (
        "发货 寄出 发出 发来 寄来 发的货 出货 出的货 出库 (发货地) （发货地） (发货) （发货） (寄) （寄） "
        "(寄件) （寄件） (仓库) （仓库） (发件) （发件） 寄的 发的 揽收 揽件"
    ),
    RECEIVER: ("(收货地) （收货地） (收货) （收货） (收件) （收件） (收) （收） 收货 签收 派送 派件"),
    LICENCE: ("(注册地) （注册地） (注册) （注册） (执照) （执照） (登记地) （登记地） 注册的"),
    SUPPLIER: ("进货 拿货 进的货 拿的货 批发来 批的货 (进货) （进货） 供货"),
    MAKER: ("产的 出产 生产的 (产地) （产地） 来的酒 来的货 来的茶 来的"),
    HOME: ("人 籍 老板 老乡 口音 人士 商人 男子 女子"),
}

BEFORE: Final[dict[str, str]] = {word: role for role, words in _BEFORE.items() for word in words.split()}
AFTER: Final[dict[str, str]] = {word: role for role, words in _AFTER.items() for word in words.split() if len(word) > 1}
AFTER_LETTERS: Final[dict[str, str]] = {word: HOME for word in "人籍"}
CUES: Final = frozenset(BEFORE) | frozenset(AFTER)
_PEOPLE: Final = (
    "经营者 老板 店主 店长 联系人 法定代表人 法人代表 法人 负责人 当事人 业主 姓名 嫌疑人 被举报人 投资人 "
    "收件人姓名 寄件人姓名 摊主 货主 司机 客服"
)
PEOPLE: Final = tuple(_PEOPLE.split())
SURNAMES: Final = frozenset(
    "丁万严乌乐乔于云仇从仰仲任伊伍伏何余侯俞倪傅储元党全冀冉农冯凌刁刘别劳包华卓单卜卞卢卫印危厉双叶司吉吕吴"
    "周和唐喻堵夏姚姜姬娄孔孙孟季宁安宋宗宣宫宰家宿富寿封尚尤尹屈屠山崔嵇左巫巴席常干平庄应庞康弓张强彭徐怀戎"
    "成戚戴房扈扶支方施时明昝晏景曲曹朱李杜束杨杭林柏柯柳柴栾桂桑梁梅樊武段殷毕毛水江池汤汪沈洪浦温滑滕潘焦熊"
    "燕牛牧狄王班璩甄甘田申白皮盛瞿石祁祖祝禹秋秦程穆窦章童符管籍米索纪经缪罗羊翁翟胡胥能臧舒芮苍苏苗范茅荀荣"
    "莘莫萧葛董蒋蒙蒲蓝蔡薄薛虞袁裘裴褚解詹计许诸谈谢谭谷贝贡贺贾赖赵路车边逄通邓邢邬邱邵邹郁郎郑郜郝郦郭鄂金"
    "钟钮钱闵闻阎阮阴陆陈陶隗雍雷霍靳韦韩韶项顾颜马骆高魏鲁麻黄黎齐龙龚"
)
