"""Ask for an export, build it in a worker, hand it out, sweep it."""

from __future__ import annotations

import tempfile
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit import trail
from audit.move import move
from audit.trail import Actor
from evidence import custody, made
from evidence import matters as evidence_matters
from evidence import selectors as evidence_selectors
from evidence.made import MACHINE, MOST_TRIES
from evidence.matters import Matter
from evidence.models import Exhibit, Package
from evidence.store import make_key, store, work_dir
from gateway import pacing
from kernel import clock
from kernel.errors import BadInput, Conflict, MoveRefused
from kernel.soon import soon
from notify.services import tell
from provinces.alone import alone
from provinces.context import required
from tenants.bundles import building, contents
from tenants.bundles.contents import Contents, NotExported, shows
from tenants.bundles.models import Bundle

KEPT = timedelta(days=7)
MOST_BYTES = 4_500_000_000
"""What an S3-compatible store takes in one piece, with room for the rest."""
_PURPOSE_LENGTH = 500


def ask(*, matter: Matter, variant: str, purpose: str, by: User, package: Package | None = None) -> Bundle:
    """Have a worker export a matter, or one package of it. The same export for one who asks twice while it goes on.

    Over the bureau's fair share it waits its turn (`not_before`), and the sweep starts it.

    The caller has looked whether `by` may (`evidence.selectors.may_take_out`). Raises BadInput.
    """
    if not purpose.strip():
        raise BadInput(_("请写明导出的用途：给谁、做什么用。它会记入保管记录。"), code="purpose_missing")
    if variant not in Bundle.Variant.values:
        raise BadInput(_("导出的内容只能选“全部原件”或“公开用”。请重新选择。"), code="bundle_variant")
    going = Bundle.objects.filter(
        matter_kind=matter.kind,
        matter_id=matter.id,
        package_id=package.pk if package else None,
        variant=variant,
        by_id=by.pk,
        purpose=purpose.strip()[:_PURPOSE_LENGTH],
        state__in=[Bundle.State.QUEUED, Bundle.State.RUNNING],
    ).first()
    if going is not None:
        return going
    wait_s = pacing.wait_s("exports", user=by)
    with transaction.atomic():
        bundle = Bundle.objects.create(
            variant=variant,
            matter_kind=matter.kind,
            matter_id=matter.id,
            matter_number=matter.number[:60],
            title=(package.title if package else matter.title)[:200],
            package_id=package.pk if package else None,
            purpose=purpose.strip()[:_PURPOSE_LENGTH],
            by_id=by.pk,
            by_name=by.display_name,
            not_before=clock.now() + timedelta(seconds=wait_s) if wait_s else None,
        )
        trail.record(bundle, "ask", by=by, data={"matter": str(matter.id), "variant": variant})
        if not wait_s:
            transaction.on_commit(lambda: _enqueue(bundle.pk))
    return bundle


def _enqueue(bundle_id: UUID) -> None:
    from tenants.bundles.tasks import build

    soon(build, str(bundle_id))


def run(bundle_id: UUID) -> Bundle:
    """Build an export that was asked for. Safe to run twice: a second one leaves it to the one that is at it."""
    bundle = Bundle.objects.get(pk=bundle_id)
    with alone(bundle.pk) as is_alone:
        bundle.refresh_from_db()  # another may have done it meanwhile
        return _run(bundle) if is_alone and not bundle.waits_s else bundle


def _run(bundle: Bundle) -> Bundle:
    try:
        bundle = move(bundle, "start", by=MACHINE, touched_at=clock.now(), tries=bundle.tries + 1, done=0)
    except MoveRefused:
        return bundle
    try:
        found = _gather(bundle)
        Bundle.objects.filter(pk=bundle.pk).update(total=found.size_bytes, exhibits=len(found.exhibits))
        progress = made.Progress(bundle)
        with tempfile.NamedTemporaryFile(prefix="bundle-", dir=work_dir()) as draft:
            building.write(bundle, found, draft, progress=lambda done: progress(done=done))
            draft.seek(0)
            key = make_key(required().name, "bundle", bundle.pk)
            digests = store().put(key, draft, "application/zip")
    except NotExported as error:
        return move(bundle, "fail", by=MACHINE, problem=error.code, problem_data={"what": error.what})
    except Exception:
        if bundle.tries >= MOST_TRIES:
            move(bundle, "fail", by=MACHINE, problem="broken_off")
        raise
    try:
        return _finish(bundle, found, key, digests.sha256, digests.sm3, digests.size_bytes)
    except MoveRefused:
        return Bundle.objects.get(pk=bundle.pk)


def _gather(bundle: Bundle) -> Contents:
    """What goes in, for one who still may have it."""
    person = User.objects.filter(pk=bundle.by_id, is_active=True).first()
    matter = evidence_matters.find(person, bundle.matter_kind, bundle.matter_id) if person else None
    if person is None or matter is None or not evidence_selectors.may_take_out(person, matter):
        raise NotExported("not_allowed")
    found = contents.gather(bundle, matter)
    if found.size_bytes > MOST_BYTES:
        raise NotExported("too_large")
    return found


def _finish(bundle: Bundle, found: Contents, key: str, sha256: str, sm3: str, size_bytes: int) -> Bundle:
    """It is there to be fetched; each exhibit in it says so in its custody, with the digest of the bundle."""
    by, moment = Actor(bundle.by_id, bundle.by_name), clock.now()
    with transaction.atomic():
        done = move(
            bundle,
            "finish",
            by=MACHINE,
            object_key=key,
            sha256=sha256,
            sm3=sm3,
            size_bytes=size_bytes,
            done=found.size_bytes,
            ready_at=moment,
            shown_ids=[str(row.pk) for row in found.exhibits if shows(row)],
            touched_at=moment,
            expires_at=moment + KEPT,
        )
        for row in found.exhibits:
            if shows(row):
                custody.record(
                    row, custody.Act.EXPORTED, by=by, purpose=bundle.purpose,
                    data={"bundle": str(bundle.pk), "bundle_sha256": sha256, "variant": bundle.variant},
                )  # fmt: skip
        tell(to=[bundle.by_id], code="bundle_ready", title=_("证据导出好了，可以下载"), url=f"/exports/{bundle.pk}/")
    return done


def hand_out(bundle: Bundle, *, by: User) -> None:
    """Write that it is being fetched.

    Raises Conflict when it is not there, not there any more, or holds a photo that was withdrawn since.
    """
    if bundle.state != Bundle.State.READY or (bundle.expires_at and bundle.expires_at <= clock.now()):
        raise Conflict(
            _("这个导出包现在不能下载：还没有做好，或已过保留期。需要时请重新导出。"), code="bundle_not_ready"
        )
    if Exhibit.objects.filter(pk__in=bundle.shown_ids, withdrawn_at__isnull=False).exists():
        raise Conflict(_("导出之后有证据撤回了，这个导出包不再提供下载。请重新导出。"), code="bundle_withdrawn")
    trail.record(bundle, "download", by=by, data={"sha256": bundle.sha256})


def sweep() -> int:
    """Delete what was kept long enough; take up what was left lying. Returns how many objects went."""
    return made.sweep(Bundle, enqueue=_enqueue, give_up=lambda row: move(row, "fail", by=MACHINE, problem="broken_off"))
