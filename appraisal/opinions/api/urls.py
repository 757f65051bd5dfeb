"""Addresses of the API of this part."""

from django.urls import path

from appraisal.opinions.api import views

urlpatterns = [
    path("opinions/notices/", views.AssistNotices.as_view()),
    path("opinions/policy/", views.NoticePolicy.as_view()),
    path("opinions/notices/<uuid:assist_id>/", views.AssistNoticeDetail.as_view()),
    path("opinions/notices/<uuid:assist_id>/submit/", views.AssistNoticeSubmit.as_view()),
    path("opinions/notices/<uuid:assist_id>/check/", views.AssistNoticeCheck.as_view()),
    path("opinions/notices/<uuid:assist_id>/send-back/", views.AssistNoticeSendBack.as_view()),
    path("opinions/notices/<uuid:assist_id>/issue/", views.AssistNoticeIssue.as_view()),
    path("opinions/notices/<uuid:assist_id>/withdraw/", views.AssistNoticeWithdraw.as_view()),
    path("opinions/batches/<uuid:batch_id>/issue/", views.AssistNoticeBatchIssue.as_view()),
    path("opinions/letters/", views.HeldLetters.as_view()),
    path("opinions/letters/<uuid:held_letter_id>/", views.HeldLetterDetail.as_view()),
    path("opinions/letters/<uuid:held_letter_id>/verify/", views.HeldLetterVerify.as_view()),
    path("opinions/letters/<uuid:held_letter_id>/return/", views.HeldLetterReturn.as_view()),
    path("opinions/letters/<uuid:held_letter_id>/tellings/", views.Tellings.as_view()),
    path("opinions/letters/<uuid:held_letter_id>/objections/", views.LetterObjections.as_view()),
    path("opinions/letters/<uuid:held_letter_id>/reviews/", views.LetterReviews.as_view()),
    path("opinions/mailings/<uuid:mailing_id>/receive/", views.OriginalReceive.as_view()),
    path("opinions/reviews/<uuid:review_id>/", views.ReviewDetail.as_view()),
    path("opinions/reviews/<uuid:review_id>/accept/", views.ReviewAccept.as_view()),
    path("opinions/reviews/<uuid:review_id>/refuse/", views.ReviewRefuse.as_view()),
    path("opinions/objections/", views.Objections.as_view()),
    path("opinions/objections/<uuid:objection_id>/", views.ObjectionDetail.as_view()),
    path("opinions/objections/<uuid:objection_id>/forward/", views.ObjectionForward.as_view()),
    path("opinions/objections/<uuid:objection_id>/decide/", views.ObjectionDecide.as_view()),
    path("opinions/samples/", views.SealedSamples.as_view()),
    path("opinions/samples/<uuid:sample_id>/", views.SealedSampleDetail.as_view()),
    path("opinions/samples/<uuid:sample_id>/back/", views.SealedSampleBack.as_view()),
    path("opinions/samples/<uuid:sample_id>/lost/", views.SealedSampleLost.as_view()),
    path("opinions/offers/", views.ReuseOffers.as_view()),
    path("opinions/offers/<uuid:offer_id>/accept/", views.ReuseAccept.as_view()),
    path("opinions/offers/<uuid:offer_id>/refuse/", views.ReuseRefuse.as_view()),
    path("opinions/alerts/", views.OpinionAlerts.as_view()),
    path("opinions/alerts/<uuid:alert_id>/handle/", views.OpinionAlertHandle.as_view()),
]
