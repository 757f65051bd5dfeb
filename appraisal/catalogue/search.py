"""How a product is found: what is kept of its names, and the queries that use it.

Ways, each with an index of its own, tried until there are enough: the barcode; a name, pinyin or initials that begins
so ("mt" finds 茅台); a name that contains it (bigrams for two letters, trigrams for more); a name that is like it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.db.models import BooleanField, ExpressionWrapper, F, Func, Q, QuerySet, Value

from appraisal.catalogue.models import Brand, Product
from federation.letters.addressees import SANDBOX_ORGANISATION
from kernel import gtin
from kernel.text import full_pinyin, half_width, initials
from provinces.context import current
from provinces.hosts import DIRECTORY
from provinces.kept import Kept

MAX_QUERY = 40


def plain(text: str) -> str:
    """Lower case, half-width, letters and digits only."""
    return "".join(char for char in half_width(text).lower() if char.isalnum())


def bigrams(text: str) -> list[str]:
    """Each pair of neighbours once."""
    return sorted({text[at : at + 2] for at in range(len(text) - 1)})


def fill_keys(product: Product, brand: Brand) -> Product:
    """Set what `find` looks in; not saved."""
    said = product.name if product.name.startswith(brand.name) else brand.name + product.name
    words = said + product.spec
    product.pinyin, product.initials = full_pinyin(product.name)[:240], initials(product.name)[:120]
    product.search_text = f"{plain(words)} {full_pinyin(said)} {initials(said)}"[:500]
    product.grams = sorted({*bigrams(plain(words)), *bigrams(initials(said))})
    return product


def fill_brand_keys(brand: Brand) -> Brand:
    """Set pinyin and initials; not saved."""
    brand.pinyin, brand.initials = full_pinyin(brand.name)[:160], initials(brand.name)[:80]
    return brand


def find(text: str, limit: int) -> list[Product]:
    """At most `limit` live products, best first."""
    typed = text.strip()[:MAX_QUERY]
    key, ways = plain(typed), _WAYS[_world()]
    if gtin.is_valid(typed):
        return _whole(ways.by_barcode.rows(gtin.as_gtin14(typed), limit))
    if not key:
        return []
    begins = ways.spelled.rows(key, typed, limit) if key.isascii() else ways.written.rows(typed, limit)
    found = _once(begins)[:limit]
    if len(found) < limit and len(key) > 1:
        within = (ways.with_pair if len(key) == 2 else ways.within).rows(key, limit)
        found = _once([*found, *within])[:limit]
    if not found and len(key) > 2:
        # The one way that costs milliseconds: asked only when all others found nothing.
        return list(_alike(of_this_world(_live()).select_related(*_SHOWN), key)[:limit])
    return _whole(found)


_SHOWN = ("brand", "category", "organisation__coverage")
_PRODUCTS = Kept(lambda ids: Product.objects.filter(pk__in=ids).select_related(*_SHOWN))


def _whole(rows: list[Product]) -> list[Product]:
    """The same products with all that is shown of them: joined to those that were found, not to all that were tried."""
    whole = {each.pk: each for each in _PRODUCTS.rows([row.pk for row in rows])}
    return [whole[row.pk] for row in rows if row.pk in whole]


def _once(rows: Iterable[Product]) -> list[Product]:
    return list({row.pk: row for row in reversed(list(rows))}.values())[::-1]


class _Ways:
    """The ways of one world. Each finds keys of products."""

    def __init__(self, world: Callable[[QuerySet[Product]], QuerySet[Product]]) -> None:
        def live(way: int = 0) -> QuerySet[Product]:
            return world(_live()).only("brand_id", "name").annotate(way=Value(way)).order_by()

        def first(most: int, brands: Q, *names: Q) -> QuerySet[Product]:
            """Those of brands that begin so, then those whose own names do, in one statement."""
            of_brands = live().filter(brand__in=Brand.objects.filter(brands).order_by().values("pk")[:50])
            of_brands = of_brands.order_by("brand_id", "name")[:most]
            own = [live(way).filter(name)[:most] for way, name in enumerate(names, start=1)]
            return of_brands.union(*own, all=True).order_by("way", "brand_id", "name")

        self.by_barcode = Kept(lambda code, most: live().filter(barcodes__gtin=code).order_by("name", "spec")[:most])
        self.spelled = Kept(
            lambda key, typed, most: first(
                most,
                Q(pinyin__startswith=key) | Q(initials__startswith=key) | Q(name__startswith=typed),
                Q(initials__startswith=key),
                Q(pinyin__startswith=key),
                Q(name__startswith=typed),
            )
        )
        self.written = Kept(lambda typed, most: first(most, Q(name__startswith=typed), Q(name__startswith=typed)))
        self.with_pair = Kept(lambda key, most: live().filter(grams__contains=[key])[:most])
        self.within = Kept(lambda key, most: live().filter(search_text__contains=key)[:most])


def _live() -> QuerySet[Product]:
    return Product.objects.filter(state=Product.State.LIVE)


def of_this_world(products: QuerySet[Product]) -> QuerySet[Product]:
    """Without the sandbox's products; in the sandbox, those alone."""
    return _WORLDS[_world()](products)


_WORLDS: dict[str, Callable[[QuerySet[Product]], QuerySet[Product]]] = {
    "one": lambda products: products,
    "sandbox": lambda products: products.filter(organisation_id=SANDBOX_ORGANISATION),
    "real": lambda products: products.exclude(organisation_id=SANDBOX_ORGANISATION),
}
_WAYS = {name: _Ways(world) for name, world in _WORLDS.items()}


def _world() -> str:
    sandbox = DIRECTORY.sandbox()
    if sandbox is None:
        return "one"
    return "sandbox" if current() == sandbox.seat else "real"


def _alike(live: QuerySet[Product], key: str) -> QuerySet[Product]:
    """A word of the name resembles it: `key <% search_text`, by the trigram index."""
    alike = Func(
        Value(key), F("search_text"), template="(%(expressions)s)", arg_joiner=" <%% ", output_field=BooleanField()
    )
    return live.filter(ExpressionWrapper(alike, output_field=BooleanField())).order_by()
