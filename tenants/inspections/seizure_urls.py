"""Addresses of seizures; included at the root of a province's host."""

from django.urls import path

from tenants.inspections import seizure_views as views

app_name = "seizures"
urlpatterns = [
    path("seizures/", views.seizures, name="list"),
    path("inspections/<uuid:inspection_id>/measures/", views.measures, name="measures"),
    path("inspections/<uuid:inspection_id>/seizures/new/", views.new, name="new"),
    path("seizures/<uuid:seizure_id>/", views.detail, name="detail"),
    path("seizures/<uuid:seizure_id>/do/<slug:step>/", views.step, name="step"),
    path("seizures/<uuid:seizure_id>/seals/<uuid:seal_id>/end/", views.end_seal, name="end_seal"),
]
