"""Providers that allauth does not have, or not as a bureau needs them; allauth finds this module by its name."""

from signon.dingtalk.provider import DingTalkProvider
from signon.wecom.provider import WeComProvider

provider_classes = [WeComProvider, DingTalkProvider]
