"""The one page of an exhibit that a brand may see: the view and both digests of what came with its own tasks."""

from django.urls import path

from evidence import exhibit_views

app_name = "exhibits"
urlpatterns = [path("exhibits/<uuid:exhibit_id>/", exhibit_views.exhibit, name="exhibit")]
