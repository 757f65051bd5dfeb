"""Pages at the province's host."""

from django.urls import path

from federation.agreements import views

_ONE = "agreements/<uuid:agreement_id>/"
_MEETING = f"{_ONE}meetings/<uuid:conference_id>/"

app_name = "agreements"
urlpatterns = [
    path("agreements/", views.agreements, name="list"),
    path("agreements/new/", views.propose, name="propose"),
    path(_ONE, views.agreement, name="agreement"),
    path(f"{_ONE}amend/", views.amend, name="amend"),
    path(f"{_ONE}leave/", views.leave, name="leave"),
    path(f"{_ONE}revisions/<uuid:revision_id>/", views.answer, name="answer"),
    path(f"{_ONE}meetings/new/", views.call, name="call"),
    path(_MEETING, views.one_meeting, name="meeting"),
    path(f"{_MEETING}minutes/", views.minutes, name="minutes"),
    path(f"{_MEETING}actions/<uuid:todo_id>/", views.done, name="done"),
]
