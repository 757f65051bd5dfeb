"""Addresses of grants, the same on every host."""

from django.urls import path

from federation.grants import views

app_name = "grants"
urlpatterns = [
    path("grants/", views.grants, name="list"),
    path("grants/new/", views.give, name="give"),
    path("grants/links/<str:token>/", views.link, name="link"),
    path("grants/<uuid:grant_id>/", views.grant, name="grant"),
    path("grants/<uuid:given_id>/end/", views.end, name="end"),
    path("grants/<uuid:given_id>/renew/", views.renew, name="renew"),
    path("grants/<uuid:grant_id>/items/<uuid:shared_id>/", views.item, name="item"),
]
