"""Addresses of assistance, hand-overs and the days of this province; part of `urls_province`."""

from django.urls import path

from tenants.correspondence.views import assist, handover

_ONE = "official/assistance/<uuid:assistance_id>/"
urlpatterns = [
    path("official/assistance/", assist.assistances, name="assistances"),
    path(_ONE, assist.assistance, name="assistance"),
    path(f"{_ONE}questions/<int:number>/", assist.answer, name="answer"),
    path(f"{_ONE}questions/<int:number>/drop/", assist.drop_answer, name="drop_answer"),
    path(f"{_ONE}reply/", assist.reply, name="reply"),
    path(f"{_ONE}extend/", assist.extend, name="extend"),
    path(f"{_ONE}close/", assist.close, name="close_assistance"),
    path(f"{_ONE}paper-receipt/", assist.paper_receipt, name="paper_receipt"),
    path(f"{_ONE}paper-reply/", assist.paper_reply, name="paper_reply"),
    path("official/from-case/<uuid:case_id>/<slug:letter_kind>/", assist.from_case, name="from_case"),
    path("official/case-transfers/<uuid:case_transfer_id>/propose/", handover.propose, name="propose_from_transfer"),
    path("official/case-transfers/<uuid:case_transfer_id>/designation/", handover.designation, name="designation"),
    path("official/<uuid:official_id>/evidence/", handover.send_evidence, name="send_evidence"),
    path("official/<uuid:official_id>/claim/", handover.claim, name="claim"),
    path("official/<uuid:official_id>/give-way/", handover.give_way, name="give_way"),
    path("official/calendar/", handover.calendar, name="calendar"),
    path("official/calendar/add/", handover.add_day, name="add_day"),
    path("official/calendar/<uuid:day_id>/remove/", handover.remove_day, name="remove_day"),
]
