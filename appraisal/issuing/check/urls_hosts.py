"""On every host where people sign in: the way to the check page."""

from django.urls import path

from appraisal.issuing.check import views

app_name = "check"
urlpatterns = [path("check/", views.elsewhere, name="page")]
