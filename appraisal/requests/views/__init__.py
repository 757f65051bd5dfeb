"""The officer's pages. Parse, call a service, render; rows come through selectors only."""
