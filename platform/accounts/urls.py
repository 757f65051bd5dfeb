"""Addresses of a province's host: one's own page, and the administrators' pages."""

from django.urls import path

from accounts import urls_shared, views

app_name = "accounts"
urlpatterns = [
    *urls_shared.urlpatterns,
    path("admin/units/", views.units, name="units"),
    path("admin/units/new/", views.unit, name="new_unit"),
    path("admin/units/<uuid:unit_id>/", views.unit, name="unit"),
    path("admin/units/<uuid:unit_id>/close/", views.close_unit, name="close_unit"),
    path("admin/officers/", views.officers, name="officers"),
    path("admin/officers/new/", views.new_officer, name="new_officer"),
    path("admin/officers/<uuid:user_id>/", views.officer, name="officer"),
    path("admin/officers/<uuid:user_id>/<slug:step>/", views.officer_step, name="officer_step"),
    path("admin/import/", views.imports, name="imports"),
    path("admin/import/template.csv", views.import_template, name="import_template"),
    path("admin/import/<uuid:job_id>/", views.import_job, name="import"),
    path("admin/import/<uuid:job_id>/bad-rows.csv", views.import_report, name="import_report"),
    path("admin/import/<uuid:job_id>/<slug:step>/", views.import_step, name="import_step"),
]
