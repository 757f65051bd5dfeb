"""Addresses of the courier's host: for other installations alone, each request signed."""

from django.urls import path

from federation.peers import courier_views as views

app_name = "courier"
urlpatterns = [
    path("about/", views.about, name="about"),
    path("letters/", views.letters, name="letters"),
    path("files/<uuid:delivery_id>/<int:place>/", views.piece, name="piece"),
    path("receipts/", views.receipts, name="receipts"),
    path("statement/", views.statement, name="statement"),
    path("return/", views.came_back, name="return"),
    path("keys/", views.new_key, name="keys"),
]
