"""Pages of the broker, one module for each kind of host; `common` holds what they share."""
