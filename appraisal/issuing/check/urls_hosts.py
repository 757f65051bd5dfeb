"""On every host where people sign in: the way to the check page. `/check/` is the officer's own."""

from django.urls import path

from appraisal.issuing.check import views

app_name = "check"
urlpatterns = [path("letter-check/", views.elsewhere, name="page")]
