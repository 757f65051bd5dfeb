"""A piece is appended wherever the file ends, and what arrived is not compared with what was sealed."""

GUARD = "G9"


def plant():
    from evidence import parts, services
    from kernel.canonical import digests_of

    def unasked(fileobj, *, declared_sha256, by, limit_bytes):
        fileobj.seek(0)
        return digests_of(fileobj)

    parts.Writer._check_length = lambda self: None
    services.compare = unasked
