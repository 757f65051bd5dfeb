"""Pages at the province's host."""

from django.urls import path

from federation.matching.views import province as views

app_name = "matching"
urlpatterns = [
    path("matches/", views.matches, name="list"),
    path("matches/probes/", views.probes, name="probes"),
    path("matches/stops/", views.stops, name="stops"),
    path("matches/stops/<uuid:stop_id>/", views.unstop, name="unstop"),
    path("matches/<uuid:match_id>/", views.match, name="match"),
    path("matches/<uuid:match_id>/step/", views.step, name="step"),
    path("series/", views.series, name="series"),
    path("series/<uuid:series_id>/", views.one_series, name="one_series"),
]
