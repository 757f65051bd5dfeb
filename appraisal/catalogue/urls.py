"""Pages of the catalogue on a province's host."""

from django.urls import path

from appraisal.catalogue import views

app_name = "catalogue"
urlpatterns = [
    path("coverage/", views.coverage, name="coverage"),
    path("catalogue/samples/<slug:sha256>.jpg", views.sample, name="sample"),
]
