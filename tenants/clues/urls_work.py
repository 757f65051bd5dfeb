"""Addresses of a clue's page, dispatch and the unit's work; included at the root of a province's host."""

from django.urls import path

from tenants.clues.views import orders, rules, work

app_name = "clues"
urlpatterns = [
    path("clues/assessments/", work.assessments, name="assessments"),
    path("clues/assessments/export.xlsx", work.assessments_export, name="assessments_export"),
    path("clues/assessments/<uuid:assessment_id>/<slug:step>/", work.assessment_step, name="assessment_step"),
    path("clues/supervised/", orders.supervised_list, name="supervised"),
    path("clues/supervised/case/<uuid:case_id>/", orders.order_case, name="order_case"),
    path("clues/supervised/notice/<uuid:assist_id>/", orders.order_notice, name="order_notice"),
    path("clues/supervised/<uuid:supervision_id>/<slug:step>/", orders.supervision_step, name="supervision_step"),
    path("clues/asks/<uuid:ask_id>/decide/", work.decide_ask, name="decide_ask"),
    path("clues/asks/<uuid:ask_id>/withdraw/", work.withdraw_ask, name="withdraw_ask"),
    path("clues/competence/", rules.competence, name="competence"),
    path("clues/competence/new/", rules.new_rule, name="new_rule"),
    path("clues/competence/mend/", rules.mend, name="mend"),
    path("clues/competence/terms/", rules.own_terms, name="terms"),
    path("clues/competence/rules/<uuid:competence_id>/<slug:step>/", rules.rule_step, name="rule_step"),
    path(
        "clues/competence/suggestions/<uuid:suggestion_id>/decide/", rules.decide_suggestion, name="decide_suggestion"
    ),
    path("clues/corrections/", work.corrections, name="corrections"),
    path("clues/<uuid:clue_id>/", work.detail, name="detail"),
    path("clues/<uuid:clue_id>/accept/", work.accept, name="accept"),
    path("clues/<uuid:clue_id>/sign-for/", work.sign_for, name="sign_for"),
    path("clues/<uuid:clue_id>/inspect/", work.inspect, name="inspect"),
    path("clues/<uuid:clue_id>/do/<slug:step>/", work.step, name="step"),
]
