"""Addresses of the sealed log; included on the hosts of provinces and of the office."""

from django.urls import path

from federation.heads import views

app_name = "heads"
urlpatterns = [
    path("log/", views.log, name="log"),
    path("log/checks/<uuid:check_id>/", views.check, name="check"),
]
