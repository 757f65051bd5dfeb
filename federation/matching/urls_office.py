"""Pages at the office's host."""

from django.urls import path

from federation.matching.views import office as views

app_name = "matching"
urlpatterns = [
    path("matches/", views.pairs, name="pairs"),
    path("matches/limits/", views.limits, name="limits"),
    path("matches/<uuid:pair_id>/stop/", views.stop, name="stop"),
    path("series/", views.series, name="series"),
    path("series/<uuid:series_id>/", views.one_series, name="one_series"),
]
