"""The office's form: another limit for one tenant, or for all of a kind."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from billing_free.quotas.kinds import KINDS
from billing_free.quotas.services import HIGHEST, WHY_LENGTH
from federation.contracts.addresses import Address
from federation.parties.selectors import organisations
from provinces.hosts import DIRECTORY


class LimitForm(forms.Form):
    """An empty amount goes back to what stands for all."""

    tenant = forms.ChoiceField(label=_("省份或单位"))
    what = forms.ChoiceField(label=_("项目"), choices=[(kind.code, kind.title) for kind in KINDS.values()])
    amount = forms.IntegerField(
        label=_("上限"),
        required=False,
        min_value=1,
        max_value=HIGHEST,
        help_text=_("存储以 GB 计，其他以次或行计。留空则恢复为统一的上限。"),
    )
    why = forms.CharField(label=_("原因"), max_length=WHY_LENGTH, required=False)

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        provinces = [(f"province:{host.seat.name}", host.title) for host in DIRECTORY.provinces()]
        houses = [(str(Address.organisation(row.pk)), row.name) for row in organisations(state="active")]
        self.fields["tenant"].choices = [  # type: ignore[attr-defined]
            ("province:*", _("所有省份")),
            ("organisation:*", _("所有入驻单位")),
            (_("省份"), provinces),
            (_("入驻单位"), houses),
        ]

    def limit(self) -> dict[str, Any]:
        """As the service takes it."""
        said = self.cleaned_data
        amount = said["amount"]
        return {**said, "amount": None if amount is None else amount * KINDS[said["what"]].shown_in}
