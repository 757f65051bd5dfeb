"""The sandbox: a province of integrators with invented people and open keys, made anew every night.

An app has a part in it by a module `sandbox` with `fill(stage)` (what is there in the morning) or `clear(stage)` (what
of it lies in `public` and has to go). Both are found by name, in the order of INSTALLED_APPS.
"""
