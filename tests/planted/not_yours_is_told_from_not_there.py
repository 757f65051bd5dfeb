"""A product draft of another organisation is refused with 403, an absent one with 404."""

GUARD = "G2"
AT = "products/"


def plant():
    from appraisal.catalogue import selectors
    from appraisal.catalogue.models import Product
    from kernel.errors import NotAllowed, NotFound404

    def own_product(organisation, product_id):
        found = Product.objects.filter(pk=product_id).first()
        if found is None:
            raise NotFound404()
        if found.organisation_id != organisation.pk:
            raise NotAllowed()
        return found

    selectors.own_product = own_product
