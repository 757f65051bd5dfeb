"""Addresses of the page that tells where an address lies; on the hosts of provinces and brands."""

from django.urls import path

from divisions import views

app_name = "divisions"
urlpatterns = [path("divisions/where/", views.where, name="where")]
