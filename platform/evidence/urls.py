"""Addresses of photos, and of the quarantine; included at the root of every host that signs people in."""

from django.urls import path, re_path

from evidence import seal_views, views

app_name = "evidence"
urlpatterns = [
    re_path(
        r"^photo/(?P<exhibit_id>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/(?P<what>view|thumb|original)$",
        views.photo,
        name="photo",
    ),
    path("photo/link/<str:token>", views.link, name="link"),
    path("exhibits/<uuid:exhibit_id>/seal/", seal_views.seal, name="seal"),
    path("admin/quarantine/", views.quarantine, name="quarantine"),
]
