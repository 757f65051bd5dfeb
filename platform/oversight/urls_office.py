"""Pages at the office's host."""

from django.urls import path

from oversight import views

app_name = "oversight"
urlpatterns = [
    path("audit/", views.lines, name="lines"),
    path("audit/export/", views.export, name="export"),
    path("audit/patterns/", views.patterns, name="patterns"),
]
