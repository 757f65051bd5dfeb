"""The bare domain."""

from django.urls import path

from appraisal.issuing.check import views

app_name = "check"
urlpatterns = [
    path("check/", views.page, name="page"),
    path("check/authority/root.pem", views.root, name="root"),
    path("check/authority/<slug:name>.crl", views.revocation_list, name="revocation_list"),
]
