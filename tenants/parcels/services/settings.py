"""How files are exchanged with a connection: which records, every night or not, whose signature counts."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit import trail
from connections import rules
from kernel import clock
from kernel.errors import BadInput, Conflict, NotAllowed, NotFound404
from tenants.parcels import kinds as registry
from tenants.parcels import packing
from tenants.parcels.kinds import Link
from tenants.parcels.models import ParcelSetting, PartnerKey


def setting_of(connection_id: UUID) -> ParcelSetting:
    """The setting of a connection; an unsaved one with what holds unless somebody says otherwise."""
    return ParcelSetting.objects.filter(pk=connection_id).first() or ParcelSetting(connection_id=connection_id)


def kinds_chosen(connection: Link, setting: ParcelSetting) -> list[str]:
    """Names of the kinds that go out: those chosen, else all."""
    offered = [each.name for each in registry.kinds_of(connection)]
    return [name for name in offered if name in setting.kinds] or offered


def require_keeper(by: User) -> None:
    """Raises NotAllowed for who does not keep connections."""
    if not rules.may_keep(by):
        raise NotAllowed()


@transaction.atomic
def configure(
    *, by: User, connection: Link, kinds: Sequence[str], nightly: bool, sheets_allowed: bool
) -> ParcelSetting:
    """Choose what goes out and how. Raises NotAllowed, BadInput."""
    require_keeper(by)
    offered = {each.name for each in registry.kinds_of(connection)}
    if set(kinds) - offered:
        raise BadInput(_("有的记录种类不能发给这个对接。请重新选择。"), code="kinds_wrong")
    setting = setting_of(connection.id)
    if offered and not kinds:
        raise BadInput(_("至少选一种要发出的记录。"), code="kinds_missing")
    setting.kinds = sorted(kinds)
    if nightly and not setting.nightly:
        setting.nightly_by_id = by.pk
        setting.nightly_until = clock.now()
    setting.nightly, setting.sheets_allowed = nightly, sheets_allowed
    setting.save()
    trail.record(
        setting, "configure", by=by, data={"kinds": setting.kinds, "nightly": nightly, "sheets": sheets_allowed}
    )
    return setting


@transaction.atomic
def add_key(*, by: User, connection: Link, pem: str) -> PartnerKey:
    """Register a public key of the other side. Raises NotAllowed, BadInput, Conflict `key_known`."""
    require_keeper(by)
    kept, algorithm, fingerprint = packing.read_key(pem)
    try:
        with transaction.atomic():
            key = PartnerKey.objects.create(
                connection_id=connection.id,
                pem=kept,
                algorithm=algorithm,
                fingerprint=fingerprint,
                added_by_name=by.display_name,
            )
    except IntegrityError as error:
        raise Conflict(_("这把公钥已登记过。停用的公钥不能再用，请对方换新密钥。"), code="key_known") from error
    trail.record(key, "add", by=by, data={"fingerprint": fingerprint, "algorithm": algorithm})
    return key


@transaction.atomic
def end_key(*, by: User, connection: Link, key_id: UUID) -> PartnerKey:
    """From now on nothing signed by this key is taken. Either administrator may."""
    if not (rules.may_keep(by) or rules.may_switch(by)):
        raise NotAllowed()
    key = PartnerKey.objects.select_for_update().filter(pk=key_id, connection_id=connection.id).first()
    if key is None:
        raise NotFound404()
    if key.ended_at is None:
        key.ended_at = clock.now()
        key.save(update_fields=["ended_at"])
        trail.record(key, "end", by=by, data={"fingerprint": key.fingerprint})
    return key


def living_keys(connection_id: UUID) -> list[PartnerKey]:
    """Keys by which a parcel may be signed now."""
    return list(PartnerKey.objects.filter(connection_id=connection_id, ended_at=None))
