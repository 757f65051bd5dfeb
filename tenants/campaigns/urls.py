"""Addresses of rosters, urgent calls, joint actions and campaigns; included at the root of a province's host."""

from django.urls import path

from tenants.campaigns.views import actions, campaigns, roster, targets, urgent

app_name = "campaigns"
urlpatterns = [
    path("duty/", roster.roster, name="roster"),
    path("duty/units/<uuid:unit_id>/add/", roster.add, name="duty_add"),
    path("duty/units/<uuid:unit_id>/paste/", roster.paste, name="duty_paste"),
    path("duty/units/<uuid:unit_id>/copy/", roster.copy, name="duty_copy"),
    path("duty/units/<uuid:unit_id>/minutes/", roster.minutes, name="duty_minutes"),
    path("duty/turns/<uuid:turn_id>/", roster.turn, name="duty_turn"),
    path("duty/turns/<uuid:turn_id>/remove/", roster.remove, name="duty_remove"),
    path("urgent/", urgent.calls, name="calls"),
    path("urgent/<uuid:call_id>/", urgent.call, name="call"),
    path("urgent/<uuid:call_id>/answer/", urgent.answer, name="call_answer"),
    path("urgent/<uuid:call_id>/withdraw/", urgent.withdraw, name="call_withdraw"),
    path("clues/<uuid:clue_id>/urgent/", urgent.make_urgent, name="make_urgent"),
    path("joint/", actions.actions, name="actions"),
    path("joint/new/", actions.new, name="new"),
    path("joint/<uuid:action_id>/", actions.action, name="action"),
    path("joint/<uuid:action_id>/board/", actions.board, name="board"),
    path("joint/<uuid:action_id>/sheet/", actions.sheet, name="sheet"),
    path("joint/<uuid:action_id>/do/<slug:step>/", actions.step, name="step"),
    path("joint/seats/<uuid:seat_id>/remove/", actions.remove_seat, name="remove_seat"),
    path("joint/escorts/<uuid:escort_id>/call-off/", actions.call_off_escort, name="call_off_escort"),
    path("joint/targets/<uuid:target_id>/", targets.target, name="target"),
    path("joint/targets/<uuid:target_id>/mark/", targets.mark, name="mark"),
    path("joint/targets/<uuid:target_id>/start/", targets.start, name="start"),
    path("joint/targets/<uuid:target_id>/do/<slug:step>/", targets.step, name="target_step"),
    path("campaigns/", campaigns.campaigns, name="campaigns"),
    path("campaigns/new/", campaigns.new, name="campaign_new"),
    path("campaigns/<uuid:campaign_id>/", campaigns.campaign, name="campaign"),
    path("campaigns/<uuid:campaign_id>/add/", campaigns.add, name="campaign_add"),
    path("campaigns/<uuid:campaign_id>/remove/", campaigns.remove, name="campaign_remove"),
    path("campaigns/<uuid:campaign_id>/bundle/", campaigns.bundle, name="campaign_bundle"),
    path("campaigns/<uuid:campaign_id>/close/", campaigns.close, name="campaign_close"),
]
