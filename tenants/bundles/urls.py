"""Addresses of exports; on a province's host."""

from django.urls import path

from tenants.bundles import views

app_name = "bundles"
urlpatterns = [
    path("exports/in/<slug:matter_kind>/<uuid:matter_id>/", views.of_matter, name="matter"),
    path("packages/<uuid:package_id>/export/", views.of_package, name="package"),
    path("exports/<uuid:bundle_id>/", views.bundle, name="bundle"),
    path("exports/<uuid:bundle_id>/download/", views.download, name="download"),
]
