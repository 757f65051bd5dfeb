"""Pages at the office's host: the register of agreements that the office was told of."""

from django.urls import path

from federation.agreements import views

app_name = "agreements"
urlpatterns = [
    path("agreements/", views.agreements, name="list"),
    path("agreements/<uuid:agreement_id>/", views.agreement, name="agreement"),
]
