"""Pages at the province's host."""

from django.urls import URLPattern

from tenants.correspondence.urls_assist import urlpatterns as assist

app_name = "correspondence"
urlpatterns: list[URLPattern] = [*assist]
