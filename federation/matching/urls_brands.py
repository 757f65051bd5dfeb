"""Pages at the brands' host."""

from django.urls import path

from federation.matching.views import brands as views

app_name = "matching"
urlpatterns = [
    path("matches/", views.questions, name="questions"),
    path("matches/<uuid:question_id>/", views.answer, name="answer"),
    path("series/new/", views.new, name="new"),
    path("series/<uuid:series_id>/", views.raised, name="raised"),
]
