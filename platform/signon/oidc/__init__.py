"""What an OpenID provider publishes, and what it says from its server to ours."""
