from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PricesConfig(AppConfig):
    """自建费用参考价: what a unit of each meter would cost whoever ran this at home. Nobody is ever asked to pay it.

    It lives in `public` alone: one table, written by the office, read by all parties.
    """

    name = "billing_free.prices"
    label = "prices"
    verbose_name = _("自建费用参考价")
