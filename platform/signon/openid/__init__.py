"""OpenID Connect as a way to sign in: allauth's steps with a nonce, checked signatures, and kept discovery."""
