"""Addresses of one kind of host."""

from django.urls import include, path

urlpatterns = [
    path("", include("webui.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("", include("runtime.door.urls_hosts")),
    path("", include("appraisal.issuing.check.urls_hosts")),
    path("", include("evidence.urls")),
    path("", include("evidence.urls_exhibits")),
    path("", include("federation.transfers.urls")),
    path("", include("evidence.urls_uploads")),
    path("", include("notify.urls")),
    path("accounts/", include("allauth.urls")),
    path("", include("accounts.urls")),
    path("", include("divisions.urls")),
    path("", include("federation.office.urls_stuck")),
    path("", include("federation.heads.urls")),
    path("", include("appraisal.requests.urls")),
    path("", include("appraisal.hints.urls")),
    path("", include("appraisal.opinions.urls")),
    path("", include("appraisal.catalogue.urls")),
    path("", include("tenants.inspections.urls")),
    path("api/v1/", include("config.urls.province_api")),
    path("", include("papers.urls")),
    path("", include("tenants.inspections.seizure_urls")),
    path("", include("tenants.cases.urls")),
    path("", include("tenants.bureau.urls")),
    path("", include("tenants.bundles.urls")),
]
