"""Addresses of papers; included at the root of a province's host."""

from django.urls import path

from papers import views

app_name = "papers"
urlpatterns = [
    path("papers/", views.papers, name="list"),
    path("papers/make/<slug:kind>/<uuid:about_id>/", views.make, name="make"),
    path("papers/<uuid:paper_id>/", views.detail, name="detail"),
    path("papers/<uuid:paper_id>/pdf/", views.file, {"file_format": "pdf"}, name="pdf"),
    path("papers/<uuid:paper_id>/word/", views.file, {"file_format": "docx"}, name="word"),
    path("papers/<uuid:paper_id>/sign/", views.sign, name="sign"),
    path("papers/<uuid:paper_id>/absence/", views.absence, name="absence"),
    path("papers/<uuid:paper_id>/scan/", views.scan, name="scan"),
    path("papers/<uuid:paper_id>/deliver/", views.deliver, name="deliver"),
    path("papers/<uuid:paper_id>/void/", views.void, name="void"),
]
