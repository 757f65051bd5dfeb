"""A call that reads one sentence, through the gateway of settings.PHONE_CALL_URL."""

from django.conf import settings

from accounts.models import User
from notify.channels import Result, through_gateway
from notify.models import Notice


def send(person: User, notice: Notice) -> Result:
    """To the person's phone number (E.164)."""
    return through_gateway(settings.PHONE_CALL_URL, person.phone or "", person, notice)
