"""Brands and the office have events, endpoints and deliveries in the shared layer; each sees only its own."""

from provinces.declarations import BRANDS, ME, OFFICE, Grant, Policy

_BOTH = (BRANDS, OFFICE)
_FULL = "SELECT, INSERT, UPDATE, DELETE"
_OF_ENDPOINT = "EXISTS (SELECT 1 FROM {table[webhooks.Endpoint]} e WHERE e.id = endpoint_id AND e.seat = " + ME + ")"

RIGHTS = [
    Grant("webhooks.Event", to=_BOTH, rights=_FULL),
    Grant("webhooks.FeedHead", to=_BOTH, rights="SELECT, INSERT, UPDATE"),
    Grant("webhooks.Endpoint", to=_BOTH, rights="SELECT, INSERT, UPDATE"),
    Grant("webhooks.EndpointKey", to=_BOTH, rights=_FULL),
    Grant("webhooks.Delivery", to=_BOTH, rights=_FULL),
]
POLICIES = [
    Policy("webhooks.Event", "event_own", "ALL", using=f"seat = {ME}", check=f"seat = {ME}", to=_BOTH),
    Policy("webhooks.FeedHead", "feed_head_own", "ALL", using=f"seat = {ME}", check=f"seat = {ME}", to=_BOTH),
    Policy("webhooks.Endpoint", "endpoint_own", "ALL", using=f"seat = {ME}", check=f"seat = {ME}", to=_BOTH),
    Policy("webhooks.EndpointKey", "endpoint_key_own", "ALL", using=_OF_ENDPOINT, check=_OF_ENDPOINT, to=_BOTH),
    Policy("webhooks.Delivery", "delivery_own", "ALL", using=_OF_ENDPOINT, check=_OF_ENDPOINT, to=_BOTH),
]
