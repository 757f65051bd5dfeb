"""Addresses of the desk; included at the root of the brands host."""

from django.urls import path

from appraisal.desk.views import answering, house, outside, posting, queue, scene, task

app_name = "desk"
urlpatterns = [
    path("", queue.home, name="home"),
    path("desk/", queue.queue, name="queue"),
    path("desk/next/", queue.open_next, name="next"),
    path("desk/filters/", queue.keep_filter, name="keep_filter"),
    path("desk/filters/<uuid:filter_id>/drop/", queue.drop_filter, name="drop_filter"),
    path("desk/<uuid:task_id>/", task.task, name="task"),
    path("desk/<uuid:task_id>/part/<slug:name>/", task.task_part, name="task_part"),
    path("desk/<uuid:task_id>/here/", task.here, name="here"),
    path("desk/<uuid:task_id>/gone/", task.gone, name="gone"),
    path("desk/<uuid:task_id>/claim/", task.claim, name="claim"),
    path("desk/<uuid:task_id>/release/", task.release, name="release"),
    path("desk/<uuid:task_id>/again/", task.ask_again, name="ask_again"),
    path("desk/<uuid:task_id>/enough/", task.enough, name="enough"),
    path("desk/<uuid:task_id>/say/", task.say, name="say"),
    path("desk/<uuid:task_id>/answer/", answering.answer, name="answer"),
    path("desk/<uuid:task_id>/withdraw/<uuid:verdict_id>/", answering.withdraw, name="withdraw"),
    path("desk/<uuid:task_id>/onsite/", answering.offer_onsite, name="offer_onsite"),
    path("desk/<uuid:task_id>/onsite/<uuid:appointment_id>/", answering.answer_onsite, name="answer_onsite"),
    path("scene/", scene.scene_page, name="scene"),
    path("scene/arrive/", scene.arrive, name="arrive"),
    path("scene/<uuid:task_id>/answer/", scene.scene_answer, name="scene_answer"),
    path("scene/<uuid:task_id>/sign/", scene.scene_sign, name="scene_sign"),
    path("consultations/", outside.consultations, name="consultations"),
    path("consultations/<uuid:consultation_id>/", outside.consultation, name="consultation"),
    path("assistance/", outside.assistance, name="assistance"),
    path("assistance/<uuid:assistance_id>/", outside.assistance_task, name="assistance_task"),
    path("postings/", posting.postings, name="postings"),
    path("postings/<uuid:posting_id>/", posting.posting, name="posting"),
    path("figures/", house.figures, name="figures"),
    path("templates/", house.templates, name="templates"),
    path("templates/<uuid:template_id>/drop/", house.drop_template, name="drop_template"),
]
