"""Pages of the parties on the brands host."""

from django.urls import path

from federation.parties import views

app_name = "parties"
urlpatterns = [
    path("enrol/", views.enrol, name="enrol"),
    path("enrol/find/", views.find_enrolment, name="find_enrolment"),
    path("enrol/<slug:code>/", views.enrolment, name="enrolment"),
    path("enrol/<slug:code>/<slug:step>/", views.enrolment_step, name="enrolment_step"),
    path("acting/", views.seats, name="seats"),
    path("team/", views.team, name="team"),
    path("team/<uuid:user_id>/", views.team_member, name="member"),
    path("authorisations/", views.authorisations, name="authorisations"),
    path("authorisations/new/", views.new_authorisation, name="new_authorisation"),
    path(
        "authorisations/<uuid:authorisation_id>/withdraw/", views.withdraw_authorisation, name="withdraw_authorisation"
    ),
    path("trademarks/new/", views.new_trademark, name="new_trademark"),
    path("documents/<uuid:document_id>/", views.document, name="document"),
    path("mandates/", views.mandates, name="mandates"),
    path("mandates/<uuid:mandate_id>/<slug:step>/", views.mandate_step, name="mandate_step"),
    path("roster/", views.roster, name="roster"),
    path("roster/<slug:what>/<uuid:row_id>/remove/", views.roster_remove, name="roster_remove"),
]
