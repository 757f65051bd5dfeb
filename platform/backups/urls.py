"""The page of backups: of a province at its host, of all at the office."""

from django.urls import path

from backups import pages

app_name = "backups"
urlpatterns = [path("backups/", pages.page, name="page")]
