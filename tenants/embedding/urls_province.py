"""Pages at the province's host."""

from django.urls import path

from tenants.embedding.views import keys, launch, matters

MATTER = "matters/<uuid:embedded_matter_id>/"

app_name = "embedding"
urlpatterns = [
    path("launch/", launch.launch, name="launch"),
    path("launch/window/", launch.window, name="window"),
    path("launch/oidc/", launch.oidc, name="launch_oidc"),
    path("launch/done/", launch.done, name="launch_done"),
    path("matters/", matters.listing, name="matters"),
    path(MATTER, matters.matter, name="matter"),
    path(f"{MATTER}rename/", matters.rename, name="rename"),
    path(f"{MATTER}merge/", matters.merge, name="merge"),
    path(f"{MATTER}result/", matters.result, name="result"),
    path(f"{MATTER}result.json", matters.result_file, name="result_file"),
    *(
        path(f"{MATTER}begin/{target}/", matters.begin, {"target": target}, name=f"begin_{target}")
        for target in ("appraisal", "clue", "letter")
    ),
    path("matter-photos/<uuid:matter_photo_id>/", matters.photo, name="photo"),
    path("connections/<uuid:connection_id>/launch/", keys.page, name="keys"),
    path("connections/<uuid:connection_id>/launch/keys/", keys.add, name="add_key"),
    path("connections/<uuid:connection_id>/launch/keys/<uuid:launch_key_id>/end/", keys.end, name="end_key"),
]
