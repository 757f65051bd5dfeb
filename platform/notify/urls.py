"""Addresses of notices and of stream tickets; included at the root of every host."""

from django.urls import path

from notify import views

app_name = "notify"
urlpatterns = [
    path("live/ticket", views.ticket, name="ticket"),
    path("notices/", views.notices, name="notices"),
    path("notices/bell", views.bell, name="bell"),
    path("notices/read", views.read_all, name="read_all"),
    path("admin/robots/", views.robots, name="robots"),
    path("notices/<uuid:notice_id>/open", views.open_notice, name="open"),
]
