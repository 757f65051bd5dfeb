"""Addresses of reverse clues; included at the root of the brands host."""

from django.urls import path

from appraisal.reverse_clues.views import clues

app_name = "reverse_clues"
urlpatterns = [
    path("reverse-clues/", clues.clues, name="clues"),
    path("reverse-clues/new/", clues.new, name="new"),
    path("reverse-clues/questions/<uuid:clue_question_id>/", clues.answer, name="answer"),
    path("reverse-clues/files/<uuid:reverse_file_id>/", clues.file, name="file"),
    path("reverse-clues/<uuid:reverse_clue_id>/", clues.clue, name="clue"),
    path("reverse-clues/<uuid:reverse_clue_id>/withdraw/", clues.withdraw, name="withdraw"),
]
