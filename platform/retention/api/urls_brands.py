"""API at the brands's host."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
