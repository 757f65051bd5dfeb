"""A house with rights staff, two bureaux, and what goes between them: for tests of reverse clues."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from harness import people

from accounts.models import Post, Unit, User
from appraisal.reverse_clues import services
from appraisal.reverse_clues.models import ClueFile, ReverseClue
from evidence.services import make_views
from federation.letters.delivery import deliver_everywhere
from federation.letters.models import Letter, LetterBody
from federation.parties.models import Authorisation, Membership
from federation.parties.selectors import ActingFor, acting_organisations
from kernel import clock
from provinces import context
from provinces.seats import BRANDS

ADDRESS = "广西南宁市青秀区民族大道 1 号"


@dataclass
class World:
    """广西 and 贵州 with a desk each; 岚壑春 with 沈专员 (rights staff), and 和砚斋 with 方专员."""

    gx: people.Bureau
    gz: people.Bureau
    lan: people.House
    he: people.House
    shen: User
    fang: User
    power: Authorisation
    meng: User

    def acting(self, person: User | None = None) -> ActingFor:
        """Where 沈专员 sits, unless another is named. In the brands seat."""
        return acting_organisations(User.objects.get(pk=(person or self.shen).pk))[0]

    def draft(self, *provinces: str, **more: Any) -> ReverseClue:
        """A draft of 沈专员 to these provinces, whole but for what is named otherwise."""
        facts: dict[str, Any] = {
            "title": "民族大道烟酒店售假",
            "content": "我司人员购得假酒，店内尚有二十箱。",
            "subject_kind": "shop",
            "subject_name": "百顺烟酒",
            "address_raw": ADDRESS,
            "place_role": "shop",
            "violations": ["counterfeit_trademark"],
            "products": [(self.lan.product.pk, "L20260101")],
        }
        with context.seat(BRANDS):
            acting = self.acting()
            clue = services.start(acting=acting, **{**facts, **more})
            for code in provinces:
                where = {"gx": "450103", "gz": "520382"}[code]
                services.add_addressee(
                    acting=acting, clue_id=clue.pk, province_code=code, level="county", division_code=where
                )
            return clue

    def photo(self, clue: ReverseClue, words: str = "门头") -> ClueFile:
        """A photo with its view made, as the intake worker does."""
        with context.seat(BRANDS):
            row = services.add_photo(
                acting=self.acting(), clue_id=clue.pk, file=io.BytesIO(people.jpeg(words)), what=words
            )
            make_views(row.exhibit_id)
            return row

    def recording(self, clue: ReverseClue, data: bytes = b"\x00\x00\x00\x18ftypmp42 a live stream") -> ClueFile:
        """A recording of a live stream."""
        with context.seat(BRANDS):
            return services.add_recording(
                acting=self.acting(), clue_id=clue.pk, file=io.BytesIO(data), file_name="live.mp4",
                form="live_stream", what="直播间叫卖", platform="某平台", account="直播间 88",
                sha256=hashlib.sha256(data).hexdigest(),
            )  # fmt: skip

    def sent(self, *provinces: str, **more: Any) -> ReverseClue:
        """A clue that was sent and has arrived, with all letters that follow."""
        clue = self.draft(*provinces, **more)
        with context.seat(BRANDS):
            services.send(acting=self.acting(), clue_id=clue.pk)
        deliver_everywhere()
        return clue

    def bodies(self, kind: str) -> list[str]:
        """The texts of all letters of a kind, oldest first."""
        with context.owner():
            letters = Letter.objects.filter(kind=kind).order_by("written_at", "id").values_list("pk", flat=True)
            texts = dict(LetterBody.objects.filter(letter__in=letters).values_list("letter_id", "body"))
            return [texts[pk] for pk in letters]


def build() -> World:
    """Everybody, committed: take it with `border`."""
    people.divisions()
    gx, gz = people.bureau("gx"), people.bureau("gz", "520382")
    for bureau in (gx, gz):
        with context.province(bureau.code):
            Unit.objects.filter(parent=None).update(agency_word=f"{bureau.code}市监")
    with context.province("gx"):
        top = Unit.objects.get(parent=None)
        meng = User.objects.create_user("meng", name="蒙某", title="蒙线索", unit=top)
        Post.objects.create(user=meng, unit=top, role=Post.Role.DISPATCHER)
    lan, he = people.brand_house("岚壑春"), people.brand_house("和砚斋", suffix="2")
    day = clock.today()
    staff = []
    with context.owner():
        for house, name in ((lan, "shen"), (he, "fang")):
            person = User.objects.create_user(f"{name}-rights", name=f"{name}某", title=f"{name}专员")
            held = Membership.objects.create(user=person, organisation=house.organisation, role="rights_staff")
            power = Authorisation.objects.create(
                number=f"维权 {name}", organisation=house.organisation, membership=held, nice_classes=[33],
                territory=["*"], valid_from=day - timedelta(days=60), valid_until=day + timedelta(days=90),
            )  # fmt: skip
            staff.append((person, power))
    return World(gx, gz, lan, he, staff[0][0], staff[1][0], staff[0][1], meng)
