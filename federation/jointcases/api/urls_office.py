"""Operations at the office's host."""

from federation.jointcases.api.rooms import patterns

urlpatterns = patterns
