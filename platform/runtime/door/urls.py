"""The bare domain."""

from django.urls import path

from runtime.door import views

app_name = "door"
urlpatterns = [
    path("", views.front, name="front"),
    path("demo/as/<slug:code>/", views.step_in, name="step_in"),
    path("demo/webhooks/", views.take_webhook, name="take_webhook"),
]
