"""The page at the hosts of provinces, brands and the office."""

from django.urls import path

from workdays import views

app_name = "workdays"
urlpatterns = [path("workdays/", views.table, name="table")]
