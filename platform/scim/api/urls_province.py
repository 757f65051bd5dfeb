"""Operations at the province's host."""

from django.urls import path

from scim.api import operations

ONE = "people/syncs/<uuid:directory_id>/"
urlpatterns = [
    path("people/syncs/", operations.PeopleSyncs.as_view()),
    path(ONE, operations.PeopleSyncDetail.as_view()),
    path(f"{ONE}removals/", operations.PeopleRemovals.as_view()),
    path(f"{ONE}mismatches/", operations.PeopleMismatches.as_view()),
    path(f"{ONE}mismatches/<uuid:mismatch_id>/settle/", operations.PeopleMismatch.as_view()),
]
