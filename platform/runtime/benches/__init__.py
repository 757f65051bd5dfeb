"""One module for each subject; every function marked `@bench` is found by name."""
