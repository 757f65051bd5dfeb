"""At the province's host: the addresses of SCIM, and the page on what directories did."""

from django.urls import path

from scim import views
from scim.protocol import views as protocol

app_name = "scim"
USERS, GROUPS = {"endpoint": "Users"}, {"endpoint": "Groups"}
urlpatterns = [
    path("scim/v2/ServiceProviderConfig", protocol.ConfigView.as_view(), name="config"),
    path("scim/v2/ResourceTypes", protocol.ResourceTypesView.as_view(), name="resource_types"),
    path("scim/v2/ResourceTypes/<str:name>", protocol.ResourceTypesView.as_view(), name="resource_type"),
    path("scim/v2/Schemas", protocol.SchemasView.as_view(), name="schemas"),
    path("scim/v2/Schemas/<str:name>", protocol.SchemasView.as_view(), name="schema"),
    path("scim/v2/.search", protocol.RootSearchView.as_view(), name="search"),
    path("scim/v2/Bulk", protocol.BulkView.as_view(), name="bulk"),
    path("scim/v2/Users", protocol.ResourcesView.as_view(), USERS, name="users"),
    path("scim/v2/Users/.search", protocol.SearchView.as_view(), USERS, name="search_users"),
    path("scim/v2/Users/<str:user_id>", protocol.ResourcesView.as_view(), USERS, name="user"),
    path("scim/v2/Groups", protocol.ResourcesView.as_view(), GROUPS, name="groups"),
    path("scim/v2/Groups/.search", protocol.SearchView.as_view(), GROUPS, name="search_groups"),
    path("scim/v2/Groups/<str:unit_id>", protocol.ResourcesView.as_view(), GROUPS, name="group"),
    path("scim/v2/<path:rest>", protocol.NowhereView.as_view(), name="nowhere"),
    path("people-sync/", views.syncs, name="syncs"),
    path("people-sync/<uuid:directory_id>/", views.sync, name="sync"),
    path("people-sync/<uuid:directory_id>/<slug:step>/", views.step, name="step"),
]
