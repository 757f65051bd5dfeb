"""Operations at the brands' host: platforms ask, right holders answer."""

from django.urls import path

from appraisal.platforms.api import views

urlpatterns = [
    path("fast-appraisals/", views.Asks.as_view()),
    path("fast-appraisals/bulk/", views.AskMany.as_view()),
    path("fast-appraisals/pictures/", views.Pictures.as_view()),
    path("fast-appraisals/quota/", views.Quota.as_view()),
    path("fast-appraisals/brands/", views.Brands.as_view()),
    path("fast-appraisals/figures/", views.Figures.as_view()),
    path("fast-appraisals/<uuid:fast_ask_id>/", views.AskDetail.as_view()),
    path("fast-appraisals/<uuid:fast_ask_id>/withdraw/", views.AskWithdraw.as_view()),
    path("fast-tasks/", views.Tasks.as_view()),
    path("fast-tasks/<uuid:fast_task_id>/", views.TaskDetail.as_view()),
    path("fast-tasks/<uuid:fast_task_id>/claim/", views.TaskClaim.as_view()),
    path("fast-tasks/<uuid:fast_task_id>/release/", views.TaskRelease.as_view()),
    path("fast-tasks/<uuid:fast_task_id>/answer/", views.TaskAnswer.as_view()),
    path("fast-tasks/<uuid:fast_task_id>/report/", views.TaskReport.as_view()),
    path("fast-answers/<uuid:fast_opinion_id>/withdraw/", views.OpinionWithdraw.as_view()),
    path("fast-terms/", views.Terms.as_view()),
]
