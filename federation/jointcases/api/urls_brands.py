"""Operations at the brands' host."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
