"""Pages at the province's host."""

from django.urls import path

from watching import pages

app_name = "watching"
urlpatterns = [path("status/", pages.status, name="status")]
