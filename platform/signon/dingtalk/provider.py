"""钉钉, as allauth lists it."""

from signon.dingtalk.views import DingTalkAdapter
from signon.work_accounts import WorkProvider


class DingTalkProvider(WorkProvider):
    id = "dingtalk"
    name = "钉钉"
    package = "signon.dingtalk"
    oauth2_adapter_class = DingTalkAdapter

    def get_default_scope(self) -> list[str]:
        return ["openid", "corpid"]

    def get_auth_params(self) -> dict[str, str]:
        return {**super().get_auth_params(), "prompt": "consent"}


provider_classes = [DingTalkProvider]
