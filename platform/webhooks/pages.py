"""Addresses of the pages, the same on every kind of host."""

from django.urls import path

from webhooks import views

_ALL = "connections/<uuid:connection_id>/webhooks/"
_ONE = f"{_ALL}<uuid:endpoint_id>/"

urlpatterns = [
    path(_ALL, views.endpoints, name="list"),
    path(_ONE, views.endpoint, name="one"),
    path(f"{_ONE}do/<slug:step>/", views.step, name="step"),
    path(f"{_ONE}events/<uuid:event_id>/again/", views.again, name="again"),
]
