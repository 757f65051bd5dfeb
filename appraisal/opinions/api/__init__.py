"""API of notices, opinion letters held, reviews, objections, samples and recognition on a province's host."""
