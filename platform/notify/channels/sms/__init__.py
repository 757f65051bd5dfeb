"""Short messages through the gateway of settings.SMS_URL."""

from django.conf import settings

from accounts.models import User
from notify.channels import Result, through_gateway
from notify.models import Notice


def send(person: User, notice: Notice) -> Result:
    """To the person's phone number (E.164)."""
    return through_gateway(settings.SMS_URL, person.phone or "", person, notice)
