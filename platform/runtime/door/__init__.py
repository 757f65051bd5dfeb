"""The bare domain's front door, and what leads a newcomer of a demonstration through the main job."""
