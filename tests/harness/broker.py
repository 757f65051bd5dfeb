"""Another broker for this process, in the middle of a run."""

from django.conf import settings
from kombu import pools

from config.celery import app


def use_broker(url: str) -> None:
    """Publish to this broker from now on, over new connections.

    All three names: a set one of reading or writing goes before `broker_url`. And no pool stays listed: one that is
    closed would be given out again when its address returns.
    """
    settings.BROKER_URL = settings.CELERY_BROKER_URL = url
    app.conf.broker_url = app.conf.broker_write_url = app.conf.broker_read_url = url
    pools.reset()
    app._pool = app.amqp._producer_pool = None
