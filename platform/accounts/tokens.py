"""The link that sets a new password works on the host it was made for, and nowhere else."""

from __future__ import annotations

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.tokens import PasswordResetTokenGenerator

from provinces.context import required


class SeatResetTokens(PasswordResetTokenGenerator):
    """The seat is part of what the token signs, beside Django's password digest, last sign-in and address."""

    def _make_hash_value(self, user: AbstractBaseUser, timestamp: int) -> str:
        return f"{required().name}:{super()._make_hash_value(user, timestamp)}"
