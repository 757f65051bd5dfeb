"""The check page: anybody, without an account, sees how a letter stands by its number and code."""
