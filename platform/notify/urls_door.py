"""On the bare domain: tickets for the demonstration's public stream, nothing else."""

from django.urls import path

from notify import views

app_name = "notify"
urlpatterns = [path("live/ticket", views.ticket, name="ticket")]
