"""Operations at the brands' host."""

from federation.jointcases.api.rooms import patterns

urlpatterns = patterns
