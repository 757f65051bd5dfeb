"""Operations at the province's host."""

from django.urls import path

from tenants.embedding.api.views import MatterDetail, MatterList, MatterResult

urlpatterns = [
    path("matters/", MatterList.as_view(), name="matters"),
    path("matters/<uuid:embedded_matter_id>/", MatterDetail.as_view(), name="matter"),
    path("matters/<uuid:embedded_matter_id>/result/", MatterResult.as_view(), name="matter_result"),
]
