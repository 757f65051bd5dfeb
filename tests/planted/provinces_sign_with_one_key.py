"""Every province seals and signs with the same key, and believes what any of them has signed."""

GUARD = "G13"


def plant():
    from signon.idp import adapter, keys

    kept = []
    own = keys.private_keys

    def anybodys():
        kept.extend(own() if not kept else [])
        return kept

    keys.private_keys = anybodys
    adapter.ProvinceAdapter.get_issuer = lambda self: "https://one.issuer"
