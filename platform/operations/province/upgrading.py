"""`province upgrade`: `public`, the template and the provinces to the version on disk; who fails stays and is named."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel.errors import Conflict, Words
from operations.procedures import Act, Run, Say, run
from provinces import context, provisioning, versions
from provinces.models import Province, SchemaVersion

KIND = "province.upgrade"


class UpgradeFailed(Conflict):
    """Some provinces stayed at their old version, with nothing of the new one in them."""

    code = "upgrade_failed"
    sentence = gettext_lazy(
        "{count} 个省局没有升级成功，停在旧版本，数据完好：{failed}。请按原因处理后再运行一次；其余已升级。"
    )


def upgrade(
    codes: Sequence[str] | None = None, *, processes: int | None = None, by: str, say: Say, dry_run: bool = False
) -> provisioning.Outcome:
    """Upgrade these provinces, or all. Raises UpgradeFailed after the others were done, RightsDiffer at the end.

    `public` and the template come first and without a journal: its own tables may be among what is missing.
    """
    if dry_run:
        for line in _would(codes):
            say(str(line))
        return provisioning.Outcome()
    outcome = provisioning.migrate_all(only=(), say=_indented(say))
    with context.owner():
        behind = [code for code in provisioning.codes_behind() if codes is None or code in codes]
        strange = set(codes or ()) - set(Province.objects.values_list("schema_name", flat=True))
    if strange:
        raise Conflict(
            gettext_lazy("没有这些省局：{codes}。"), code="province_unknown", codes=", ".join(sorted(strange))
        )
    if not behind:
        return outcome

    def provinces(state: Run) -> dict[str, Any]:
        done = provisioning.migrate_all(processes=processes, only=codes, say=state.line)
        outcome.migrated += done.migrated
        outcome.failed |= done.failed
        outcome.remaining = done.remaining
        if done.failed:
            told = "; ".join(f"{code}: {why}" for code, why in done.failed.items())
            raise UpgradeFailed(count=len(done.failed), failed=told)
        return {"migrated": done.migrated}

    act = Act("provinces", gettext_lazy("各省局的数据库"), provinces, again=True)
    run(KIND, ",".join(sorted(codes))[:40] if codes else "all", [act], by=by, say=say)
    return outcome


def _indented(say: Say) -> Callable[[str], None]:
    def line(said: str) -> None:
        say(f"    {said}")

    return line


def _would(codes: Sequence[str] | None) -> Iterator[Words]:
    with context.owner():
        yield from _missing("public", settings.SHARED_APPS)
        yield from _missing(provisioning.TEMPLATE, settings.TENANT_APPS)
        there = Province.objects.order_by("schema_name").values_list("schema_name", flat=True) if _is_made() else ()
        chosen = [code for code in there if codes is None or code in codes]
    for code in chosen:
        with context.owner(code):
            yield from _missing(code, settings.TENANT_APPS)


def _is_made() -> bool:
    return "provinces_province" in connection.introspection.table_names()


def _missing(schema: str, app_names: Sequence[str]) -> Iterator[str]:
    with context.owner(schema):
        applied = {f"{label}.{name}" for label, name in MigrationRecorder(connection).applied_migrations()}
    lacking = [name for name in versions.names_on_disk(app_names) if name not in applied]
    if not lacking:
        yield _("{schema}：已是当前版本").format(schema=schema)
        return
    yield _("{schema}：要做 {count} 步").format(schema=schema, count=len(lacking))
    yield from (f"    {name}{'' if versions.is_safe_without(name) else ' *'}" for name in lacking)


def listed() -> Iterator[str]:
    """One line a province: code, title, state, hosts, version, and what it lacks of the version on disk."""
    with context.owner():
        wanted = provisioning.province_version()
        known = dict(SchemaVersion.objects.values_list("version", "names"))
        for province in Province.objects.prefetch_related("domains"):
            hosts = ",".join(domain.domain for domain in province.domains.all())
            yield "\t".join(
                (
                    province.schema_name,
                    province.bureau_title,
                    _standing(province, known),
                    hosts,
                    (province.schema_version or "-")
                    + ("" if province.schema_version == wanted else f" (on disk: {wanted})"),
                )
            )


def _standing(province: Province, known: dict[str, list[str]]) -> str:
    if province.state != Province.State.ACTIVE or versions.can_be_served(province.schema_version, known):
        return str(province.state)
    return "upgrading"
