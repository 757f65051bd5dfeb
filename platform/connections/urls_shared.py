"""Pages of connections, and where programs get their tokens: the same on every host that has an API for programs."""

from django.urls import path

from connections import oauth, views

app_name = "connections"
urlpatterns = [
    path("identity/o/api/token", oauth.token, name="token"),
    path("identity/o/api/revoke", oauth.revoke, name="revoke"),
    path("connections/", views.connections, name="list"),
    path("connections/new/", views.new, name="new"),
    path("connections/<uuid:connection_id>/", views.one, name="one"),
    path("connections/<uuid:connection_id>/edit/", views.edit, name="edit"),
    path("connections/<uuid:connection_id>/traffic/", views.log, name="traffic"),
    path("connections/<uuid:connection_id>/step/<slug:step>/", views.turn, name="turn"),
    path("connections/<uuid:connection_id>/clients/new/", views.new_client, name="new_client"),
    path(
        "connections/<uuid:connection_id>/clients/<uuid:client_id>/<slug:step>/", views.client_step, name="client_step"
    ),
]
