"""API at the office's host."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
