"""API of opinion letters on the brands host. Thin over services and selectors."""

from django.urls import path

from appraisal.issuing.api import asked, letters

urlpatterns = [
    path("tasks/<uuid:task_id>/opinion-letter/", letters.LetterMake.as_view()),
    path("opinion-letters/", letters.Letters.as_view()),
    path("opinion-letters/<uuid:letter_id>/", letters.LetterDetail.as_view()),
    path("opinion-letters/<uuid:letter_id>/gate/", letters.LetterGate.as_view()),
    path("opinion-letters/<uuid:letter_id>/steps/", letters.LetterStep.as_view()),
    path("opinion-letters/<uuid:letter_id>/next-version/", letters.LetterRenew.as_view()),
    path("opinion-letters/<uuid:letter_id>/paper/", letters.LetterPaper.as_view()),
    path("opinion-letters/<uuid:letter_id>/annex/", letters.LetterAnnex.as_view()),
    path("opinion-letters/<uuid:letter_id>/scan/", letters.LetterScan.as_view()),
    path("opinion-letters/<uuid:letter_id>/mailings/", letters.LetterMailings.as_view()),
    path("mailings/<uuid:mailing_id>/failed/", letters.MailingFailed.as_view()),
    path("opinion-notices/", asked.Notices.as_view()),
    path("opinion-notices/<uuid:opinion_notice_id>/", asked.NoticeDetail.as_view()),
    path("sealed-samples/", asked.Samples.as_view()),
    path("sealed-samples/<uuid:sealed_sample_id>/", asked.SampleDetail.as_view()),
    path("objections/", asked.Objections.as_view()),
    path("objections/<uuid:objection_id>/", asked.ObjectionDetail.as_view()),
    path("reuse-offers/", asked.Reuses.as_view()),
    path("reuse-offers/<uuid:reuse_id>/", asked.ReuseDetail.as_view()),
    path("issuing-rules/", asked.Rules.as_view()),
    path("signing-certificates/", asked.Certificates.as_view()),
    path("signing-certificates/<uuid:certificate_id>/retire/", asked.CertificateRetire.as_view()),
]
