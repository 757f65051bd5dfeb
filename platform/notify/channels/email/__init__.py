"""E-mail through the gateway of settings.EMAIL_URL."""

from django.conf import settings

from accounts.models import User
from notify.channels import Result, through_gateway
from notify.models import Notice


def send(person: User, notice: Notice) -> Result:
    """To the person's mailbox."""
    return through_gateway(settings.EMAIL_URL, person.email, person, notice)
