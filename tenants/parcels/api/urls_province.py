"""Operations at the province's host."""

from django.urls import path

from tenants.parcels.api import views

urlpatterns = [
    path("parcels/", views.Parcels.as_view()),
    path("parcels/reports/", views.ParcelReports.as_view()),
    path("parcels/reports/<uuid:parcel_report_id>/", views.ParcelReportDetail.as_view()),
    path("parcels/reports/<uuid:parcel_report_id>/take/", views.ParcelReportTake.as_view()),
    path("parcels/reports/<uuid:parcel_report_id>/drop/", views.ParcelReportDrop.as_view()),
    path("parcels/<uuid:parcel_id>/", views.ParcelDetail.as_view()),
    path("parcels/<uuid:parcel_id>/receipts/", views.ParcelReceipts.as_view()),
    path("parcels/<uuid:parcel_id>/file/", views.ParcelFile.as_view()),
]
