"""The bare domain's page: whether it works."""

from django.urls import path

from watching import pages

app_name = "watching"
urlpatterns = [path("status/", pages.public, name="status")]
