"""What came in, in the sample story of 广西: a code for grid workers with two reports, a media report, a file of 12315.

Called by `tenants.clues.sample`; everything goes through the services, with the clock held at its moment.
"""

from __future__ import annotations

import hashlib
import io
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from accounts.models import User
from evidence import services as evidence
from kernel import clock
from tenants.clues.imports import jobs
from tenants.clues.models import FieldCode
from tenants.clues.services import fieldcodes, manual
from tenants.clues.services.fieldcodes import Reported
from tenants.clues.services.registering import Product

TEAM = "南湖社区网格员"
REPORTS = (
    (
        "金湖路夜市口有个三轮车卖散装白酒，瓶子是旧的，盖子像新压的",
        "金湖路夜市口，公厕旁边",
        ("22.812300", "108.384500"),
    ),
    (
        "快递站今天收了二十几个同样的纸箱，寄件人不写名字，面单写的是洗衣液，闻着是烟",
        "青秀区民族大道 88 号快递站",
        None,
    ),
)
FILE = """12315 转办清单,,,,,,
登记编号,举报人姓名,举报人电话,被举报人,被举报人地址,举报内容,登记时间
450100202611180012,样某,00000000000,南宁市兴宁区好酒多烟酒店,南宁市兴宁区朝阳路 16 号,“岚壑春”白酒与专卖店外观不同,{day}
450100202611180031,样某,00000000000,鲜果鲜便利店,鼓楼区中山路12号,店里香烟口味异常，疑似假烟,{day}
450100202611190007,样某,00000000000,荔浦县城西百货,荔浦县荔柳路 5 号,洗发水瓶身印刷模糊，怀疑假冒,{day}
450100202611190007,样某,00000000000,荔浦县城西百货,荔浦县荔柳路 5 号,重复来电,{day}
450100202611190044,样某,00000000000,,,,{day}
"""


def fill(stage: Any) -> None:
    """Tell it up to `stage.now`. What was told before is left alone."""
    with stage.enter("gx"):
        if FieldCode.objects.filter(team=TEAM).exists():
            return
        desk = User.objects.filter(posts__role="dispatcher", is_active=True).order_by("username").first()
        if desk is None:
            return
        with clock.frozen(stage.now - timedelta(days=3, hours=4)) as tick:
            code = fieldcodes.make_code(
                by=desk, team=TEAM, area="南湖、津头街道", valid_until=clock.today() + timedelta(days=180), per_day=30
            )
            tick(timedelta(hours=5))
            for number, (what, where, position) in enumerate(REPORTS):
                fieldcodes.report(
                    code=code.code,
                    said=Reported(
                        what=what,
                        where=where,
                        position=(Decimal(position[0]), Decimal(position[1])) if position else None,
                        accuracy_m=18 if position else None,
                        report_id=uuid5(NAMESPACE_URL, f"sample field report {number}"),
                    ),
                    seal=partial(_photos, stage, what),
                )
                tick(timedelta(hours=7))
            manual.register_written(
                manual.Written(
                    content="报道称记者在城北批发市场看到成箱“岚壑春”白酒以三折批发，摊主自称“厂家尾货”，视频里可见门牌。",
                    title="媒体：城北批发市场三折批发“岚壑春”",
                    address_raw="南宁市城北区批发市场 3 栋 12 号",
                    subject_kind="shop",
                    channel="offline",
                    chain_stage="wholesale",
                    violations=["counterfeit_trademark"],
                    criteria=["media_attention"],
                    source_kind="media",
                    source_name="样例都市报",
                    outlet_day=clock.today() - timedelta(days=1),
                    products=[Product(brand_name="岚壑春", product_name="岚壑春 53 度酱香")],
                ),
                by=desk,
            )
            tick(timedelta(hours=20))
            day = (clock.today() - timedelta(days=1)).isoformat()
            job = jobs.bring(
                by=desk,
                kind="hotline_12315",
                name="12315",
                content=FILE.format(day=day).encode("gb18030"),
                file_name="12315转办清单.csv",
            )
            jobs.check(job, by=desk, matched=job.columns, fill_down=job.fill_down)
            jobs.confirm(job, by=desk)
            jobs.run(job.pk)


def _photos(stage: Any, words: str, by: Any) -> list[Any]:
    data = stage.paper("报送照片", [words[:40]])
    exhibit = evidence.receive(
        io.BytesIO(data),
        declared_sha256=hashlib.sha256(data).hexdigest(),
        captured_at=clock.now(),
        source="album",
        by=by,
    )
    return [evidence.make_views(exhibit.pk)]
