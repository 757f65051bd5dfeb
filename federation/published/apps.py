from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PublishedConfig(AppConfig):
    """What parties tell one another at once: ends of grants, and agreements that are open to be seen.

    It lives in `public` alone, so that a province reads the one table and not a copy of its own.
    """

    name = "federation.published"
    label = "published"
    verbose_name = _("各方可见的登记")
