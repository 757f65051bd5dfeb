"""Two e-commerce platforms for `world`: 示例商城 asks 岚壑春, 示例集市 asks 和砚斋; one answer each."""

from __future__ import annotations

import hashlib
from typing import Any

from harness import people

from accounts.models import User
from appraisal.platforms import services
from appraisal.platforms.models import FastTask, HolderTerms
from appraisal.platforms.services import Listing
from federation.letters.delivery import deliver_everywhere
from federation.parties.models import Membership, Organisation
from federation.parties.selectors import acting_organisations
from provinces import context
from provinces.seats import BRANDS

ASKS = {"mall": ("示例商城", "lan"), "bazaar": ("示例集市", "he")}


def fill(world: Any) -> None:
    """Make them, let each ask once, and have 林工 answer. What a platform asks has a row at both sides."""
    for code, (name, house) in ASKS.items():
        holder = world.houses[house].organisation
        with context.owner():
            platform = Organisation.objects.create(
                kind="platform", name=name, uscc=hashlib.sha256(code.encode()).hexdigest()[:18].upper()
            )
            tang = User.objects.create_user(f"{code}-tang", name="汤某", title="汤经理")
            Membership.objects.create(user=tang, organisation=platform, role="platform_admin")
            HolderTerms.objects.create(organisation_id=holder.pk, accepts=True, hours="00:00-23:59", every_day=True)
        with context.seat(BRANDS):
            (acting,) = acting_organisations(tang)
            picture = people.sealed_photo(tang, f"{code} listing", source="album", owner_prefix=f"org-{platform.pk}")
            ask = services.ask(
                acting=acting,
                listing=Listing(
                    listing_id="61", shop_name=f"{name}某店", pictures=(picture.pk,), question=f"{name}问：真假？",
                    product_id=world.houses[house].product.pk,
                ),
            )  # fmt: skip
        deliver_everywhere()
        with context.seat(BRANDS):
            task = FastTask.objects.get(ask_id=ask.pk)
            lin = next(each for each in acting_organisations(world.houses[house].lin) if each.organisation == holder)
            services.claim(acting=lin, task_id=task.pk)
            answer = services.answer(acting=lin, task_id=task.pk, value="counterfeit", reasons=f"{house} 标识不同")
        deliver_everywhere()
        made = {"fast_ask_id": ask.pk, "fast_task_id": task.pk, "fast_opinion_id": answer.pk}
        world.ids[house] |= made
        world.people[code], world.platforms[code] = {"tang": tang}, platform
        # Whatever address a platform's people try, they have nothing there: the ids of their right holder will do.
        world.ids[code] = {**world.ids[house], **made, "exhibit_id": picture.pk}
