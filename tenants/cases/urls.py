"""Addresses of proposals and cases; included at the root of a province's host."""

from django.urls import path

from tenants.cases import views

app_name = "cases"
urlpatterns = [
    path("cases/", views.cases, name="list"),
    path("inspections/<uuid:inspection_id>/propose/", views.propose_from_inspection, name="propose_from_inspection"),
    path("requests/<uuid:request_id>/propose/", views.propose_from_request, name="propose_from_request"),
    path("proposals/<uuid:proposal_id>/", views.proposal, name="proposal"),
    path("proposals/<uuid:proposal_id>/decide/", views.decide, name="decide"),
    path("proposals/<uuid:proposal_id>/withdraw/", views.withdraw, name="withdraw"),
    path("cases/<uuid:case_id>/", views.detail, name="detail"),
    path("cases/<uuid:case_id>/do/<slug:step>/", views.step, name="step"),
]
