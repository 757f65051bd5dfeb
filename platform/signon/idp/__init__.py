"""This province as an OpenID provider for systems that have none, on allauth's."""
