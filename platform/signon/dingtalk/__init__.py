"""钉钉 as a way to sign in: allauth's steps, and the bureau's own name for the person."""
