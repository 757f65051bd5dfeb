"""Administrative divisions (GB/T 2260): codes, names, what became of old ones, development zones.

One set of tables in `public`, read by all. Other tables keep the code, never a foreign key: no key crosses
from a province's schema into a shared table.
"""
