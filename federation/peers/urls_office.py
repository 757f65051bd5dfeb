"""Pages at the office's host."""

from django.urls import path

from federation.peers import views

app_name = "peers"
urlpatterns = [
    path("peers/", views.peers, name="list"),
    path("peers/new-key/", views.new_key, name="new_key"),
    path("peers/<uuid:peer_id>/", views.detail, name="detail"),
    path("peers/<uuid:peer_id>/parties/", views.parties, name="parties"),
]
