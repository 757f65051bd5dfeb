"""Pages at the province's host."""

from django.urls import path

from tenants.linkage import views, views_mapping

MAPPING = "connections/<uuid:linkage_connection_id>/mapping/"

app_name = "linkage"
urlpatterns = [
    path("linkage/", views.referrals, name="list"),
    path("linkage/<uuid:referral_id>/", views.referral, name="referral"),
    path("linkage/<uuid:referral_id>/do/<slug:step>/", views.step, name="step"),
    path("linkage/messages/<uuid:linkage_message_id>/again/", views.again, name="again"),
    path("linkage/messages/<uuid:linkage_message_id>/settle/", views.settle, name="settle"),
    path("cases/<uuid:case_id>/refer/", views.prepare, name="prepare"),
    path("cases/<uuid:case_id>/tell-penalty/", views.tell_penalty, name="tell_penalty"),
    path(MAPPING, views_mapping.mapping, name="mapping"),
    path(f"{MAPPING}settings/", views_mapping.settings, name="settings"),
    path(f"{MAPPING}import/", views_mapping.bring, name="import"),
    path(f"{MAPPING}<int:mapping_version>/", views_mapping.version, name="version"),
    path(f"{MAPPING}<int:mapping_version>/in-force/", views_mapping.in_force, name="in_force"),
    path(f"{MAPPING}<int:mapping_version>/<slug:mapping_form>/", views_mapping.export, name="export"),
]
