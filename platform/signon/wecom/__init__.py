"""企业微信 as a way to sign in: a code to scan at a desk, nothing to do inside the app."""
