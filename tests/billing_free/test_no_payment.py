"""Nobody pays: no package, table, address, form or template of this product knows how (X-06)."""

from __future__ import annotations

import inspect
import json
import re
from pathlib import Path

from django import forms
from django.apps import apps
from django.conf import settings
from harness.routes import routes

from billing_free.usage import presenters
from billing_free.usage.models import Statement
from federation.contracts.usage import UsageStatementV1
from federation.parties import api as parties_api
from federation.parties.forms import EnrolmentForm
from federation.parties.models import Enrolment
from provinces.models import Province
from provinces.provisioning import provision

ROOT = Path(settings.BASE_DIR)
OURS = ("platform", "federation", "appraisal", "tenants", "billing_free")
PACKAGES = {
    "stripe", "paypal", "paypalrestsdk", "braintree", "adyen", "alipay", "alipay-sdk-python", "python-alipay-sdk",
    "wechatpy", "wechatpay", "wechatpayv3", "wxpay", "unionpay", "square", "squareup", "mollie", "razorpay", "klarna",
    "django-payments", "dj-stripe", "djstripe", "dj-paypal", "django-paypal", "django-oscar", "django-shop", "saleor",
    "pretix", "django-plans", "djaodjin-saas", "chargebee", "recurly", "paddle", "paddle-python-sdk", "gocardless",
    "authorizenet", "cybersource", "worldpay", "lago-python-client", "killbill", "pinax-stripe", "invoiceninja",
}  # fmt: skip
PARTS = ("payment", "paypal", "stripe", "alipay", "wxpay", "wechatpay", "unionpay", "checkout-sdk", "billing", "invoic",
         "subscription", "creditcard", "credit-card", "chargebee")  # fmt: skip
"""What the name of a package for payment nearly always holds."""
NAMES = re.compile(
    r"pay(?!load)(ment|able|ee|er|pal)?(_|$)|invoice|billing|credit_?card|card_?(no|number)|cvv|iban|bank|subscription"
    r"|checkout|wallet|remit|fee(_|$)|charge(_|$)"
)
CHINESE = (
    "支付",
    "付款",
    "缴费",
    "收费",
    "扣款",
    "充值",
    "账单",
    "发票",
    "银行卡",
    "信用卡",
    "订阅费",
    "购买套餐",
    "开通会员",
)
OF_THE_MATTER = {
    # What is looked into may have been paid for: the words of a case, a shop or a law, and never of this product's use.
    "付款", "支付", "收费", "发票", "缴费", "账单", "扣款",
}  # fmt: skip
ABOUT_FAKES = (
    "tenants/",
    "appraisal/",
    "federation/",
    "platform/papers/",
    "platform/evidence/",
    "platform/runtime/sample/",
)


def test_the_words_that_are_looked_for_are_found_where_they_stand():
    caught = ("payment_id", "card_no", "invoice", "pay_url", "payee", "service_fee", "bank_account", "creditcard")
    assert [each for each in caught if not NAMES.search(each)] == []
    free = ("payload", "display", "paper", "feed", "cards", "home_fen")
    assert [each for each in free if NAMES.search(each)] == []


def test_no_package_for_payment_is_installed_by_any_requirement_file():
    named = set()
    for file in (ROOT / "requirements").glob("*.*"):
        named |= {
            found[1].lower().replace("_", "-")
            for line in file.read_text(encoding="utf-8").splitlines()
            if (found := re.match(r"^([A-Za-z0-9][A-Za-z0-9._-]*)", line))
        }
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    named |= {path.rpartition("node_modules/")[2].lower() for path in lock["packages"] if path}
    assert len(named) > 100
    assert named & PACKAGES == set()
    assert {name for name in named if any(part in name for part in PARTS)} == set()


def test_no_table_has_a_column_for_payment():
    found = {
        f"{model._meta.label}.{field.name}"
        for app in apps.get_app_configs()
        if app.name.split(".")[0] in {"federation", "appraisal", "tenants", "billing_free"} or _is_ours(app.path)
        for model in app.get_models(include_auto_created=True)
        for field in model._meta.get_fields()
        if NAMES.search(field.name)
    }
    assert found == set(), "a column that looks like payment: name it otherwise, or nobody believes that this is free"


def _is_ours(path: str) -> bool:
    return Path(path).is_relative_to(ROOT)


def test_no_address_of_any_host_takes_payment():
    texts = {(kind, route.text) for kind in settings.URLCONFS if kind != "courier" for route in routes(kind)}
    assert len(texts) > 300
    words = re.compile(r"(^|/)(pay|payments?|invoices?|billing|checkout|cards?|subscriptions?|orders/pay|wallet)(/|$)")
    # `cards/` are the entrance cards of people of a right holder on the premises.
    assert {
        text for _kind, text in texts if words.search(text) and "scene" not in text and "cards" not in text
    } == set()


def test_no_form_of_ours_has_a_field_for_payment():
    for kind in settings.URLCONFS:
        routes(kind) if kind != "courier" else None  # reads every module of views, and with it its forms
    ours = [each for each in _below(forms.BaseForm) if each.__module__.split(".")[0] not in {"django", "allauth"}]
    assert len(ours) > 40
    found = {
        f"{each.__module__}.{each.__name__}.{name}"
        for each in ours
        for name in getattr(each, "base_fields", {})
        if NAMES.search(name)
    }
    assert found == set()


def _below(top: type) -> list[type]:
    return [each for one in top.__subclasses__() for each in (one, *_below(one))]


def test_no_page_asks_for_payment():
    seen, asked = 0, set()
    for top in OURS:
        for file in (ROOT / top).rglob("templates/**/*.html"):
            seen += 1
            path = str(file.relative_to(ROOT))
            text = file.read_text(encoding="utf-8")
            for word in CHINESE:
                if word in text and not (word in OF_THE_MATTER and path.startswith(ABOUT_FAKES)):
                    asked.add((path, word))
            if re.search(r'autocomplete="cc-|name="(card|cvv|iban)', text):
                asked.add((path, "card"))
    assert seen > 200
    allowed = {path for path, _word in asked if path.startswith("billing_free/")}
    assert {each for each in asked if each[0] not in allowed} == set()


def test_enrolment_of_a_brand_and_of_a_province_asks_for_no_payment():
    fields = set(EnrolmentForm.base_fields)
    assert {"name", "uscc"} <= fields and not [name for name in fields if NAMES.search(name)]
    labels = [str(field.label or name) for name, field in EnrolmentForm.base_fields.items()]
    assert not [label for label in labels if any(word in label for word in CHINESE)]
    assert not [field.name for field in Enrolment._meta.get_fields() if NAMES.search(field.name)]
    assert "pay" not in inspect.getsource(parties_api).replace("payload", "").lower()
    taken = set(inspect.signature(provision).parameters)
    assert {"code", "name", "title"} <= taken and not [name for name in taken if NAMES.search(name)]
    assert not [field.name for field in Province._meta.get_fields() if NAMES.search(field.name)]


def test_what_is_owed_is_zero_and_cannot_be_written_otherwise():
    assert presenters.OWED_FEN == 0 and presenters.yuan(0) == "¥0.00"
    assert UsageStatementV1.model_json_schema()["properties"]["owed_fen"]["const"] == 0
    assert "owed_fen" not in {field.name for field in Statement._meta.get_fields()}, "nothing is kept that may be set"
