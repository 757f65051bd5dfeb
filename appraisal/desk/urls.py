"""Addresses of the desk; included at the root of the brands host."""

from django.urls import path

from appraisal.desk import views

app_name = "desk"
urlpatterns = [
    path("", views.home, name="home"),
    path("desk/", views.queue, name="queue"),
    path("desk/next/", views.open_next, name="next"),
    path("desk/filters/", views.keep_filter, name="keep_filter"),
    path("desk/filters/<uuid:filter_id>/drop/", views.drop_filter, name="drop_filter"),
    path("desk/<uuid:task_id>/", views.task, name="task"),
    path("desk/<uuid:task_id>/part/<slug:name>/", views.task_part, name="task_part"),
    path("desk/<uuid:task_id>/here/", views.here, name="here"),
    path("desk/<uuid:task_id>/gone/", views.gone, name="gone"),
    path("desk/<uuid:task_id>/claim/", views.claim, name="claim"),
    path("desk/<uuid:task_id>/release/", views.release, name="release"),
    path("desk/<uuid:task_id>/again/", views.ask_again, name="ask_again"),
    path("desk/<uuid:task_id>/enough/", views.enough, name="enough"),
    path("desk/<uuid:task_id>/say/", views.say, name="say"),
    path("desk/<uuid:task_id>/answer/", views.answer, name="answer"),
    path("desk/<uuid:task_id>/withdraw/<uuid:verdict_id>/", views.withdraw, name="withdraw"),
    path("desk/<uuid:task_id>/mailed/", views.mailed, name="mailed"),
    path("desk/<uuid:task_id>/onsite/", views.offer_onsite, name="offer_onsite"),
    path("desk/<uuid:task_id>/onsite/<uuid:appointment_id>/", views.answer_onsite, name="answer_onsite"),
    path("consultations/", views.consultations, name="consultations"),
    path("consultations/<uuid:consultation_id>/", views.consultation, name="consultation"),
    path("assistance/", views.assistance, name="assistance"),
    path("assistance/<uuid:assistance_id>/", views.assistance_task, name="assistance_task"),
    path("figures/", views.figures, name="figures"),
    path("templates/", views.templates, name="templates"),
    path("templates/<uuid:template_id>/drop/", views.drop_template, name="drop_template"),
]
