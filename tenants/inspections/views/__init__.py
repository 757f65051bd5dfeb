"""The officer's and the leader's pages of an inspection, one module a matter."""
