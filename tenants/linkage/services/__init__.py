"""What is done with referrals, with messages to platforms, and with mappings."""
