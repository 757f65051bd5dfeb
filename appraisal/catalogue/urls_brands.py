"""Pages of the catalogue on the brands host."""

from django.urls import path

from appraisal.catalogue import views

app_name = "catalogue"
urlpatterns = [
    path("catalogue/samples/<slug:sha256>.jpg", views.sample, name="sample"),
    path("products/", views.products, name="products"),
    path("products/new/", views.new_product, name="new_product"),
    path("products/<uuid:product_id>/", views.product, name="product"),
    path("products/<uuid:product_id>/checkpoints/", views.checkpoints, name="checkpoints"),
    path("products/<uuid:product_id>/checkpoints/end/", views.end_checkpoint, name="end_checkpoint"),
    path("products/<uuid:product_id>/references/", views.references, name="references"),
    path("products/<uuid:product_id>/<slug:step>/", views.product_step, name="product_step"),
    path("references/<uuid:reference_id>.jpg", views.reference, name="reference"),
    path("references/<uuid:reference_id>/period/", views.date_reference, name="date_reference"),
    path("references/<uuid:reference_id>/end/", views.end_reference, name="end_reference"),
]
