"""企业微信: the group robot of the person's bureau or organisation."""

from accounts.models import User
from notify.channels import Result, through_robot
from notify.models import ChannelName, Notice


def send(person: User, notice: Notice) -> Result:
    """Into the group of the person's party, with their name."""
    return through_robot(ChannelName.WECOM, person, notice)
