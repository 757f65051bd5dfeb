"""Mappings: a draft version, its check, put in force by the second person, held messages released."""

from __future__ import annotations

from collections.abc import Mapping as MappingType
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit import trail
from audit.move import move
from connections.models import Connection
from gateway import outbound
from kernel import clock
from kernel.errors import BadInput, Conflict, NotAllowed
from notify.sealing import seal
from tenants.linkage import selectors, terms
from tenants.linkage.mapping import rules
from tenants.linkage.mapping.rules import Finding, Row
from tenants.linkage.models import LinkageSetting, Mapping
from tenants.linkage.services import sending


class MappingFaulty(BadInput):
    """A mapping that is not put in force. Data: findings, each with message, target and words."""

    code = "mapping_faulty"
    sentence = _("对照表还有 {count} 处问题，没有启用：{first}。请改好后再启用。")


@transaction.atomic
def draft(*, by: User, connection: Connection, rows: Any, note: str = "") -> Mapping:
    """Keep a new version as a draft. rows: JSON as exported. A source outside the closed list is refused here already.

    Raises NotAllowed, BadInput (`mapping_rows_wrong`, `source_closed`).
    """
    if not selectors.may_edit(by):
        raise NotAllowed()
    read = rules.read(rows)
    closed = [each for each in rules.check(read) if each.code == "source_closed"]
    if closed:
        raise BadInput(rules.WORDS["source_closed"], code="source_closed", **closed[0].data)
    if not read:
        raise BadInput(rules.WORDS["rows_wrong"], code="mapping_rows_wrong")
    last = selectors.mappings_of(connection).aggregate(last=Max("version"))["last"] or 0
    made = Mapping.objects.create(
        connection_id=connection.pk,
        version=last + 1,
        rows=[each.as_json() for each in read],
        note=note.strip()[:300],
        made_by_name=by.display_name,
    )
    trail.record(made, "draft", by=by, data={"version": made.version, "rows": len(read)})
    return made


def rows_of(mapping: Mapping | None) -> list[Row]:
    """The rows of a version, as they were written."""
    return rules.kept(mapping.rows) if mapping else []


def findings(mapping: Mapping) -> list[Finding]:
    """What is wrong with a version, held against the one in force."""
    before = selectors.mapping_in_force(mapping.connection_id)
    return rules.check(rows_of(mapping), rows_of(before) if before and before.pk != mapping.pk else ())


@transaction.atomic
def put_in_force(*, by: User, mapping: Mapping) -> Mapping:
    """From now on messages are written by it, those that were held among them. Raises NotAllowed, MappingFaulty."""
    if not selectors.may_put_in_force(by):
        raise NotAllowed(_("启用对照改变发出去的内容，由安全管理员办理。请通知本单位安全管理员。"), code="not_switcher")
    found = findings(mapping)
    if found:
        raise MappingFaulty(
            count=len(found),
            first=found[0].words,
            findings=[{**each.as_json(), "words": each.words} for each in found],
        )
    before = selectors.mapping_in_force(mapping.connection_id)
    if before is not None and before.pk == mapping.pk:
        raise Conflict(_("这一版已在使用。"), code="mapping_in_force")
    if before is not None:
        move(before, "retire", by=by)
    done = move(mapping, "put_in_force", by=by, in_force_at=clock.now(), in_force_by_name=by.display_name)
    sending.release(mapping.connection_id, by=by)
    return done


@transaction.atomic
def configure(
    *,
    by: User,
    connection: Connection,
    channel: str,
    endpoint: str = "",
    body_format: str = LinkageSetting.Format.JSON,
    header_name: str = "",
    header_value: str = "",
    own_terms: MappingType[str, int] | None = None,
) -> LinkageSetting:
    """How messages reach the platform. header_value: empty leaves the one that is kept. Raises NotAllowed, BadInput."""
    if not selectors.may_edit(by):
        raise NotAllowed()
    if channel not in LinkageSetting.Channel.values or body_format not in LinkageSetting.Format.values:
        raise BadInput(_("请选择怎么送。"), code="channel_wrong")
    if channel == LinkageSetting.Channel.PUSH:
        outbound.check_url(endpoint)
    if header_name and not header_name.replace("-", "").isalnum():
        raise BadInput(_("请求头名称只用字母、数字和短横。"), code="header_wrong")
    wrong = {name for name, amount in (own_terms or {}).items() if name not in terms.RULES or not 1 <= amount <= 365}
    if wrong:
        raise BadInput(_("期限要写 1 至 365 的整数。"), code="term_wrong")
    setting = selectors.setting_of(connection.pk)
    setting.channel, setting.endpoint, setting.body_format = channel, endpoint.strip()[:300], body_format
    setting.header_name = header_name.strip()[:60]
    if header_value:
        setting.sealed_header = seal(header_value)
    elif not header_name:
        setting.sealed_header = ""
    if own_terms is not None:
        setting.terms = {name: int(amount) for name, amount in own_terms.items()}
    setting.save()
    trail.record(setting, "configure", by=by, data={"channel": channel, "terms": setting.terms})
    return setting


def usual_rows() -> list[dict[str, Any]]:
    """A mapping to begin with."""
    return [each.as_json() for each in rules.usual()]
