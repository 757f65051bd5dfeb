"""Kept for ever: dates of the past are explained by the table of their day."""

from django.utils.translation import gettext_lazy as _

KEPT = {"workdays.Arrangement": _("公开的基础数据，不含个人信息和案件内容。")}
