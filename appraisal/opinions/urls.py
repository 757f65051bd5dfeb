"""Addresses of notices and opinion letters; included at the root of a province's host."""

from django.urls import path

from appraisal.opinions.views import home, letters, notices, objections, party, reviews, samples

app_name = "opinions"
urlpatterns = [
    path("opinions/", home.home, name="home"),
    path("opinions/policy/", home.policy, name="policy"),
    path("opinions/alerts/<uuid:alert_id>/", home.alert, name="alert"),
    path("requests/<uuid:request_id>/notice/", notices.new, name="new_notice"),
    path("requests/<uuid:request_id>/sample/", samples.new, name="new_sample"),
    path("requests/<uuid:request_id>/reuse/", reviews.ask_reuse, name="ask_reuse"),
    path("opinions/notices/<uuid:assist_id>/", notices.detail, name="notice"),
    path("opinions/notices/<uuid:assist_id>/do/<slug:step>/", notices.step, name="notice_step"),
    path("opinions/batches/<uuid:batch_id>/issue/", notices.issue_batch, name="issue_batch"),
    path("opinions/letters/<uuid:held_letter_id>/", letters.detail, name="letter"),
    path("opinions/letters/<uuid:held_letter_id>/file/<slug:what>/", letters.file, name="letter_file"),
    path("opinions/letters/<uuid:held_letter_id>/verify/", letters.verify, name="verify"),
    path("opinions/letters/<uuid:held_letter_id>/return/", letters.give_back, name="give_back"),
    path("opinions/letters/<uuid:held_letter_id>/tell/", objections.tell, name="tell"),
    path("opinions/letters/<uuid:held_letter_id>/object/", objections.write_down, name="write_down"),
    path("opinions/letters/<uuid:held_letter_id>/review/", reviews.begin, name="begin_review"),
    path("opinions/mailings/<uuid:mailing_id>/receive/", letters.receive, name="receive_original"),
    path("opinions/reviews/<uuid:review_id>/", reviews.detail, name="review"),
    path("opinions/tellings/<uuid:telling_id>/", objections.telling, name="telling"),
    path("opinions/objections/<uuid:objection_id>/", objections.detail, name="objection"),
    path("opinions/objections/<uuid:objection_id>/forward/", objections.forward, name="forward"),
    path("opinions/objections/<uuid:objection_id>/decide/", objections.decide, name="decide"),
    path("opinions/samples/<uuid:sample_id>/", samples.detail, name="sample"),
    path("opinions/samples/<uuid:sample_id>/back/", samples.come_back, name="sample_back"),
    path("opinions/samples/<uuid:sample_id>/lost/", samples.lose, name="sample_lost"),
    path("opinions/offers/<uuid:offer_id>/accept/", reviews.accept_reuse, name="accept_reuse"),
    path("opinions/offers/<uuid:offer_id>/refuse/", reviews.refuse_reuse, name="refuse_reuse"),
    path("objection/<slug:code>/", party.objection, name="objection_page"),
]
