"""What every part stands on: ids, canonical bytes and digests, clocks, errors, code checks. No models."""
