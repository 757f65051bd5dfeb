"""Pages at the province's host."""

from django.urls import path

from tenants.parcels import views

app_name = "parcels"
urlpatterns = [
    path("parcels/", views.parcels, name="list"),
    path("connections/<uuid:connection_id>/parcels/", views.connection, name="connection"),
    path("connections/<uuid:connection_id>/parcels/make/", views.make, name="make"),
    path("connections/<uuid:connection_id>/parcels/bring/", views.bring, name="bring"),
    path("connections/<uuid:connection_id>/parcels/template/", views.template, name="template"),
    path("connections/<uuid:connection_id>/parcels/key/", views.key, name="key"),
    path("connections/<uuid:connection_id>/parcels/settings/", views.settings, name="settings"),
    path("connections/<uuid:connection_id>/parcels/keys/add/", views.add_key, name="add_key"),
    path("connections/<uuid:connection_id>/parcels/keys/<uuid:partner_key_id>/end/", views.end_key, name="end_key"),
    path("parcels/out/<uuid:parcel_id>/", views.parcel, name="parcel"),
    path("parcels/out/<uuid:parcel_id>/download/", views.download, name="download"),
    path("parcels/in/<uuid:parcel_report_id>/", views.report, name="report"),
    path("parcels/in/<uuid:parcel_report_id>/take/", views.take, name="take"),
    path("parcels/in/<uuid:parcel_report_id>/drop/", views.drop, name="drop"),
    path("parcels/in/<uuid:parcel_report_id>/returned/", views.returned, name="returned"),
]
