"""Pages at the brands' host."""

from federation.jointcases.urls_all import patterns

app_name = "jointcases"
urlpatterns = patterns
