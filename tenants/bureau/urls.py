"""Addresses of the bureau's pages; included at the root of a province's host."""

from django.urls import path

from tenants.bureau import views

app_name = "bureau"
urlpatterns = [
    path("leader/", views.leader, name="leader"),
    path("bureau/", views.home, name="home"),
]
