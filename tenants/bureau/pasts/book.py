"""The rows of one province's past, both sides of the border, and what they are made of."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import models, transaction

from accounts.models import Unit, User
from appraisal.catalogue import selectors as catalogue
from appraisal.catalogue.models import Product
from appraisal.desk import services as desk
from appraisal.desk.models import (
    DeskItem,
    DeskLine,
    DeskOpinion,
    DeskSupplement,
    DeskTask,
    DeskVerdict,
)
from appraisal.requests import services as requests
from appraisal.requests.models import (
    AbsentShot,
    AppraisalRequest,
    Line,
    Opinion,
    RequestItem,
    Site,
    Supplement,
    Verdict,
)
from audit.models import Trail
from federation.contracts.appraisal import (
    AuthorityV1,
)
from federation.letters.models import Delivery, Letter, LetterBody
from federation.parties.models import Authorisation, Organisation
from kernel import clock


class Facts:
    """What is read once: products, organisations, authorisations, people of the brands."""

    def __init__(self, stage: Any) -> None:
        with stage.owner():
            self.organisations = {
                code: Organisation.objects.get(pk=pk) for code, pk in stage.made["organisations"].items()
            }
            self.products = {
                code: Product.objects.select_related("brand", "category").get(pk=pk)
                for code, pk in stage.made["products"].items()
            }
            self.shot_lists = {code: catalogue.shot_list(row.pk) for code, row in self.products.items()}
            self.shots = {code: each.as_json() for code, each in self.shot_lists.items()}
            self.staff = {
                code: User.objects.get(pk=pk) for code, (seat, pk) in stage.made["people"].items() if seat == "brands"
            }
            self.authorities: dict[tuple[UUID, UUID], AuthorityV1] = {}
            for held in Authorisation.objects.select_related(
                "organisation", "membership__organisation"
            ).prefetch_related("trademarks"):
                self.authorities[held.organisation_id, held.membership.user_id] = AuthorityV1(
                    authorisation_id=held.pk,
                    number=held.number,
                    principal=held.organisation.name,
                    appraiser_employer=held.membership.organisation.name,
                    trademarks=tuple(f"{mark.name} {mark.reg_no}" for mark in held.trademarks.all()),
                    nice_classes=tuple(held.nice_classes),
                    valid_from=clock.at_start(held.valid_from),
                    valid_until=clock.at_end(held.valid_until),
                )


class Book:
    """All rows of one province's past, in the order in which they have to be inserted."""

    PROVINCE = (
        Site, AppraisalRequest, RequestItem, AbsentShot, Supplement, Opinion, Verdict, Line, Trail, Letter, LetterBody,
        Delivery,
    )  # fmt: skip
    BRANDS = (DeskTask, DeskItem, DeskSupplement, DeskOpinion, DeskVerdict, DeskLine, Trail)

    def __init__(self, stage: Any, facts: Facts, code: str) -> None:
        self.stage, self.facts, self.code = stage, facts, code
        self.chance = random.Random(f"past {code} {stage.now.isoformat()}")
        self.mine: dict[type[models.Model], list[Any]] = defaultdict(list)
        self.theirs: dict[type[models.Model], list[Any]] = defaultdict(list)
        with stage.enter(code):
            self.officers = {person.username: person for person in User.objects.select_related("unit")}
            self.units = {unit.code: unit for unit in Unit.objects.all()}

    def new_id(self, at: datetime) -> UUID:
        """A UUID of version 7 with that moment in it; the same at every start, so that a half-told past goes on."""
        ms = int(at.timestamp() * 1000)
        low = self.chance.getrandbits(74)
        return UUID(
            int=(ms & ((1 << 48) - 1)) << 80 | 0x7 << 76 | (low >> 62) << 64 | 0b10 << 62 | low & ((1 << 62) - 1)
        )

    def keep(self) -> None:
        """Insert both sides, each at once or not at all."""
        first = next(iter(self.mine[AppraisalRequest]), None)
        if first is None:
            return
        with self.stage.owner(self.code), transaction.atomic():
            if not AppraisalRequest.objects.filter(pk=first.pk).exists():
                _insert(self.mine, self.PROVINCE)
                requests.fill_search_text()
                for request in self.mine[AppraisalRequest]:
                    request.created_at = request.sent_at - timedelta(minutes=3)
                AppraisalRequest.objects.bulk_update(self.mine[AppraisalRequest], ["created_at"], batch_size=500)
                for site in self.mine[Site]:
                    site.opened_at = site.began
                Site.objects.bulk_update(self.mine[Site], ["opened_at"], batch_size=500)
        with self.stage.owner(), transaction.atomic():
            if not DeskTask.objects.filter(request_id=first.pk, province_code=self.code).exists():
                _insert(self.theirs, self.BRANDS)
                desk.fill_search_text()


def _insert(rows: dict[type[models.Model], list[Any]], order: Iterable[type[models.Model]]) -> None:
    for model in order:
        model._default_manager.bulk_create(rows[model], batch_size=1000)
