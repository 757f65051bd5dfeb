"""Pages of fast appraisals, a module for each who looks at them."""
