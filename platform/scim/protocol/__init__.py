"""SCIM 2.0 on the wire (RFC 7643, RFC 7644): addresses under /scim/v2/, one set of handlers for single and bulk."""
