"""Addresses of what sources are told; included at the root of a province's host."""

from django.urls import path

from tenants.clues.views import answers

app_name = "clue_answers"
urlpatterns = [
    path("clues/feedback/", answers.tellings, name="tellings"),
    path("clues/feedback/<uuid:clue_telling_id>/", answers.told, name="told"),
    path("clues/brands/", answers.brands, name="brands"),
    path("clues/reports/<uuid:report_id>/ask/", answers.ask, name="ask"),
]
