"""企业微信, as allauth lists it."""

from signon.wecom.views import WeComAdapter
from signon.work_accounts import WorkProvider


class WeComProvider(WorkProvider):
    id = "wecom"
    name = "企业微信"
    package = "signon.wecom"
    oauth2_adapter_class = WeComAdapter


provider_classes = [WeComProvider]
