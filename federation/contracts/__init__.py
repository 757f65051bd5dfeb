"""The letter kinds. A kind once sent is never removed or changed: a change is a new version beside the old one."""
