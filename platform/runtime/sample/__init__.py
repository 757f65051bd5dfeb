"""The sample story of the demonstration: brands, drawn goods, photographs, people and weeks of history.

Everything here is invented. No module imports Django: the facts are dataclasses and the pictures are bytes, so that the
step that turns them into rows may change without touching either.
"""
