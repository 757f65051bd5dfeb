"""Pages of the office on the federation host."""

from django.urls import path

from federation.office import views

app_name = "office"
urlpatterns = [
    path("", views.home, name="home"),
    path("enrolments/", views.enrolments, name="enrolments"),
    path("enrolments/<uuid:enrolment_id>/", views.enrolment, name="enrolment"),
    path(
        "enrolments/<uuid:enrolment_id>/documents/<uuid:document_id>/",
        views.enrolment_document,
        name="enrolment_document",
    ),
    path("organisations/", views.organisations, name="organisations"),
    path("organisations/<uuid:organisation_id>/", views.organisation, name="organisation"),
    path("wanted/", views.wanted, name="wanted"),
]
