"""How a product is found: what is kept of its names, and the queries that use it.

Ways, each with an index of its own, tried until there are enough: the barcode; a name, pinyin or initials that begins
so ("mt" finds 茅台); a name that contains it (bigrams for two letters, trigrams for more); a name that is like it.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import BooleanField, ExpressionWrapper, F, Func, Q, QuerySet, Value

from appraisal.catalogue.models import Brand, Product
from kernel import gtin
from kernel.text import full_pinyin, half_width, initials

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
    found: dict[object, Product] = {}
    for rows in _ways(typed):
        for product in rows[: limit - len(found)]:
            found.setdefault(product.pk, product)
        if len(found) >= limit:
            break
    key = plain(typed)
    if not found and len(key) > 2 and not gtin.is_valid(typed):
        # The one way that costs milliseconds: asked only when all others found nothing.
        return list(_alike(_live(), key)[:limit])
    return list(found.values())


def _ways(typed: str) -> Iterator[QuerySet[Product]]:
    live = _live()
    if gtin.is_valid(typed):
        yield live.filter(barcodes__gtin=gtin.as_gtin14(typed))
        return
    key = plain(typed)
    if not key:
        return
    spelled = key.isascii()
    yield live.filter(
        brand__in=list(
            Brand.objects.filter(
                Q(pinyin__startswith=key) | Q(initials__startswith=key) | Q(name__startswith=typed)
                if spelled
                else Q(name__startswith=typed)
            )
            .order_by()
            .values_list("pk", flat=True)[:50]
        )
    ).order_by("brand_id", "name")
    if spelled:
        yield live.filter(initials__startswith=key).order_by()
        yield live.filter(pinyin__startswith=key).order_by()
    yield live.filter(name__startswith=typed).order_by()
    if len(key) == 2:
        yield live.filter(grams__contains=[key]).order_by()
    elif len(key) > 2:
        yield live.filter(search_text__contains=key).order_by()


def _live() -> QuerySet[Product]:
    return Product.objects.filter(state=Product.State.LIVE).select_related(
        "brand", "category", "organisation__coverage"
    )


def _alike(live: QuerySet[Product], key: str) -> QuerySet[Product]:
    """A word of the name resembles it: `key <% search_text`, by the trigram index."""
    alike = Func(
        Value(key), F("search_text"), template="(%(expressions)s)", arg_joiner=" <%% ", output_field=BooleanField()
    )
    return live.filter(ExpressionWrapper(alike, output_field=BooleanField())).order_by()
