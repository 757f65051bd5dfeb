"""Operations at the province's host."""

from federation.jointcases.api.rooms import patterns

urlpatterns = patterns
