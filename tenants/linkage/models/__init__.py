"""Referrals to the police, what goes to their platform and what comes back, and how fields are mapped."""

from tenants.linkage.models.mapping import LinkageSetting, Mapping
from tenants.linkage.models.outgoing import Outgoing
from tenants.linkage.models.referral import Referral, ReferralStep, Reminder

__all__ = ["LinkageSetting", "Mapping", "Outgoing", "Referral", "ReferralStep", "Reminder"]
