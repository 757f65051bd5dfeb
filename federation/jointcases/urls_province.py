"""Pages at the province's host."""

from federation.jointcases.urls_all import patterns

app_name = "jointcases"
urlpatterns = patterns
