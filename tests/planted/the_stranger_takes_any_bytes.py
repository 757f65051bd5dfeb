"""The script in a bundle reads every file and compares none with its digest."""

GUARD = "G11"


def plant():
    from tenants.bundles import building

    honest = building.script()
    careless = honest.replace(b"need(same and size ==", b"need(True or size ==")
    assert careless != honest
    building.script = lambda: careless
