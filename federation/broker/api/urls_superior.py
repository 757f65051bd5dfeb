"""Operations at the common superior's host."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
