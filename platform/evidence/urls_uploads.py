"""Addresses of resumable uploads; included at the root of hosts whose people send from the field."""

from django.urls import path

from evidence import tus

app_name = "uploads"
urlpatterns = [
    path("uploads/", tus.collection, name="collection"),
    path("uploads/<uuid:upload_id>", tus.upload, name="upload"),
]
