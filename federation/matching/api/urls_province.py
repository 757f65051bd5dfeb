"""Operations at the province's host."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
