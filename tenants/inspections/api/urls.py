"""Addresses of the API of inspections."""

from __future__ import annotations

from django.urls import path

from tenants.inspections.api import views

urlpatterns = [
    path("inspections/", views.Inspections.as_view()),
    path("inspections/join/", views.Join.as_view()),
    path("inspections/<uuid:inspection_id>/", views.InspectionDetail.as_view()),
    path("inspections/<uuid:inspection_id>/place/", views.PlaceView.as_view()),
    path("inspections/<uuid:inspection_id>/join-code/", views.JoinCodes.as_view()),
    path("inspections/<uuid:inspection_id>/certificate/", views.Certificate.as_view()),
    path("inspections/<uuid:inspection_id>/entity/", views.Entity.as_view()),
    path("inspections/<uuid:inspection_id>/persons/", views.Persons.as_view()),
    path("inspections/<uuid:inspection_id>/notices/", views.Notices.as_view()),
    path("inspections/<uuid:inspection_id>/operations/", views.Operations.as_view()),
    path("inspections/<uuid:inspection_id>/changes/", views.Changes.as_view()),
    path("inspections/<uuid:inspection_id>/photos/", views.InspectionPhotos.as_view()),
    path("inspections/<uuid:inspection_id>/ask/", views.Ask.as_view()),
    path("inspections/<uuid:inspection_id>/value/", views.Value.as_view()),
    path("inspections/<uuid:inspection_id>/missing/", views.MissingView.as_view()),
    path("inspections/<uuid:inspection_id>/close/", views.Close.as_view()),
    path("inspections/<uuid:inspection_id>/reopen/", views.Reopen.as_view()),
    path("inspections/<uuid:inspection_id>/cancel/", views.Cancel.as_view()),
    path("lots/<uuid:lot_id>/", views.LotDetail.as_view()),
    path("lots/<uuid:lot_id>/move/", views.LotMoveView.as_view()),
    path("lots/<uuid:lot_id>/photos/", views.LotPhotos.as_view()),
]
