"""Pages at the province's host."""

from django.urls import path

from retention import views

app_name = "retention"
urlpatterns = [
    path("retention/", views.periods, name="periods"),
    path("retention/kinds/<slug:code>/", views.kind, name="kind"),
    path("retention/rules/<uuid:period_id>/<slug:step>/", views.rule_step, name="rule_step"),
    path("retention/proofs/", views.proofs, name="proofs"),
    path("retention/proofs/<uuid:portion_id>/", views.proof, name="proof"),
    path("retention/proofs/<uuid:portion_id>/file/", views.proof_file, name="proof_file"),
    path("retention/holds/", views.holds, name="holds"),
    path("retention/holds/new/", views.hold_new, name="hold_new"),
    path("retention/holds/<uuid:hold_id>/", views.hold, name="hold"),
    path("retention/holds/<uuid:hold_id>/<slug:step>/", views.hold_step, name="hold_step"),
]
