"""Addresses of opinion letters; included at the root of the brands host."""

from django.urls import path

from appraisal.issuing.views import asked, letters

app_name = "issuing"
urlpatterns = [
    path("opinions/", letters.letters, name="letters"),
    path("opinions/make/<uuid:task_id>/", letters.make, name="make"),
    path("opinions/notices/", asked.notices, name="notices"),
    path("opinions/notices/<uuid:opinion_notice_id>/", asked.notice, name="notice"),
    path("opinions/notices/<uuid:opinion_notice_id>/file/", asked.notice_file, name="notice_file"),
    path("opinions/samples/", asked.samples, name="samples"),
    path("opinions/samples/<uuid:sealed_sample_id>/", asked.sample, name="sample"),
    path("opinions/objections/", asked.objections, name="objections"),
    path("opinions/objections/<uuid:objection_id>/", asked.objection, name="objection"),
    path("opinions/objections/<uuid:objection_id>/file/<slug:what>/", asked.objection_file, name="objection_file"),
    path("opinions/reuse/", asked.reuses, name="reuses"),
    path("opinions/reuse/<uuid:reuse_id>/", asked.reuse, name="reuse"),
    path("opinions/signing/", asked.signing, name="signing"),
    path("opinions/signing/<uuid:certificate_id>/retire/", asked.retire_certificate, name="retire_certificate"),
    path("opinions/mailings/<uuid:mailing_id>/failed/", letters.mailing_failed, name="mailing_failed"),
    path("opinions/<uuid:letter_id>/", letters.letter, name="letter"),
    path("opinions/<uuid:letter_id>/renew/", letters.renew, name="renew"),
    path("opinions/<uuid:letter_id>/file/<slug:what>/", letters.file, name="file"),
    path("opinions/<uuid:letter_id>/do/<slug:step>/", letters.take_step, name="step"),
]
