"""Pages of notices, opinion letters and what follows from them."""
