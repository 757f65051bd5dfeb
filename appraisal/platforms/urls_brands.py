"""Pages at the brands' host: what platforms ask, what right holders answer."""

from django.urls import path

from appraisal.platforms.views import asking, desk, terms

app_name = "platforms"
urlpatterns = [
    path("platform/", asking.home, name="home"),
    path("platform/asks/", asking.asks, name="asks"),
    path("platform/asks/new/", asking.new, name="new"),
    path("platform/asks/table/", asking.table, name="table"),
    path("platform/asks/<uuid:fast_ask_id>/", asking.ask, name="ask"),
    path("platform/asks/<uuid:fast_ask_id>/withdraw/", asking.withdraw, name="withdraw"),
    path("platform/brands/", asking.brands, name="brands"),
    path("platform/figures/", asking.figures, name="figures"),
    path("platform/desk/", desk.tasks, name="tasks"),
    path("platform/desk/next/", desk.open_next, name="next"),
    path("platform/desk/<uuid:fast_task_id>/", desk.task, name="task"),
    path("platform/desk/<uuid:fast_task_id>/claim/", desk.claim, name="claim"),
    path("platform/desk/<uuid:fast_task_id>/release/", desk.release, name="release"),
    path("platform/desk/<uuid:fast_task_id>/answer/", desk.answer, name="answer"),
    path("platform/desk/<uuid:fast_task_id>/report/", desk.report, name="report"),
    path(
        "platform/desk/<uuid:fast_task_id>/answers/<uuid:fast_opinion_id>/withdraw/",
        desk.withdraw_answer,
        name="withdraw_answer",
    ),
    path("platform/terms/", terms.terms, name="terms"),
]
