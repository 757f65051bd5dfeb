"""Operations at the province's host."""

from tenants.correspondence.api import assist, letters

urlpatterns = [*letters.urlpatterns, *assist.urlpatterns]
