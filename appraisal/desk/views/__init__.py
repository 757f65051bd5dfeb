"""Pages of the appraiser. Rows come through `selectors`, writing is done by `services`."""
