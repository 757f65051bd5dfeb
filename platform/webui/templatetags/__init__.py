"""Template tags of the shared pieces: `{% load webui %}`."""
