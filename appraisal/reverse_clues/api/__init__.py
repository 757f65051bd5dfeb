"""API of reverse clues on the brands host. Thin over services and selectors."""

from django.urls import path

from appraisal.reverse_clues.api import views

urlpatterns = [
    path("reverse-clues/", views.Clues.as_view()),
    path("reverse-clues/provinces/", views.Provinces.as_view()),
    path("reverse-clues/figures/", views.OwnFigures.as_view()),
    path("reverse-clues/<uuid:reverse_clue_id>/", views.ClueDetail.as_view()),
    path("reverse-clues/<uuid:reverse_clue_id>/addressees/", views.Addressees.as_view()),
    path("reverse-clues/<uuid:reverse_clue_id>/photos/", views.Photos.as_view()),
    path("reverse-clues/<uuid:reverse_clue_id>/recordings/", views.Recordings.as_view()),
    path("reverse-clues/<uuid:reverse_clue_id>/purchases/", views.Purchases.as_view()),
    path("reverse-clues/<uuid:reverse_clue_id>/send/", views.Send.as_view()),
    path("reverse-clues/<uuid:reverse_clue_id>/supplements/", views.Supplements.as_view()),
    path("reverse-clues/<uuid:reverse_clue_id>/withdraw/", views.Withdraw.as_view()),
    path("reverse-clue-addressees/<uuid:addressee_id>/", views.AddresseeDetail.as_view()),
    path("reverse-clue-files/<uuid:reverse_file_id>/", views.FileDetail.as_view()),
    path("reverse-clue-purchases/<uuid:test_purchase_id>/", views.PurchaseDetail.as_view()),
    path("reverse-clue-questions/<uuid:clue_question_id>/answer/", views.Answer.as_view()),
]
