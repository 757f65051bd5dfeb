"""Addresses of exhibits, of what is recorded around them, and of packages; on a province's host."""

from django.urls import path

from evidence import exhibit_views, package_views, sheet_views

app_name = "exhibits"
urlpatterns = [
    path("exhibits/", exhibit_views.exhibits, name="list"),
    path("exhibits/withdrawals/", exhibit_views.withdrawal_list, name="withdrawals"),
    path("exhibits/withdrawals/<uuid:withdrawal_id>/", exhibit_views.decide, name="decide"),
    path("exhibits/in/<slug:matter_kind>/<uuid:matter_id>/", exhibit_views.of_matter, name="matter"),
    path("exhibits/in/<slug:matter_kind>/<uuid:matter_id>/add/", sheet_views.begin, name="begin"),
    path("exhibits/in/<slug:matter_kind>/<uuid:matter_id>/documents/", sheet_views.documents, name="documents"),
    path("exhibits/in/<slug:matter_kind>/<uuid:matter_id>/package/", package_views.seal, name="new_package"),
    path("exhibits/<uuid:exhibit_id>/", exhibit_views.exhibit, name="exhibit"),
    path("exhibits/<uuid:exhibit_id>/legal-kind/", exhibit_views.file_under, name="legal_kind"),
    path("exhibits/<uuid:exhibit_id>/export/", exhibit_views.export, name="export"),
    path("exhibits/<uuid:exhibit_id>/withdraw/", exhibit_views.withdraw, name="withdraw"),
    path("exhibits/<uuid:exhibit_id>/redact/", exhibit_views.redact, name="redact"),
    path("exhibits/<uuid:exhibit_id>/cartons/", sheet_views.cartons, name="cartons"),
    path("sheets/<uuid:sheet_id>/", sheet_views.sheet, name="sheet"),
    path("sheets/<uuid:sheet_id>/files/", sheet_views.files, name="sheet_files"),
    path("sheets/<uuid:sheet_id>/seal/", sheet_views.seal, name="sheet_seal"),
    path("sheets/<uuid:sheet_id>/drop/", sheet_views.drop, name="sheet_drop"),
    path("packages/<uuid:package_id>/", package_views.package, name="package"),
    path("packages/<uuid:package_id>/manifest.json", package_views.manifest, name="manifest"),
]
