"""The shell's own addresses; include at the root of every kind of host: `path("", include("webui.urls"))`."""

from django.conf import settings
from django.urls import path
from django.views.decorators.cache import cache_control
from django.views.i18n import JavaScriptCatalog

from webui import styleguide, views

app_name = "webui"
shell = [
    path("sw.js", views.service_worker, name="service_worker"),
    path("manifest.webmanifest", views.manifest, name="manifest"),
    path("offline/", views.offline, name="offline"),
    path("queue/", views.queue, name="queue"),
    path("words.js", cache_control(max_age=3600, private=True)(JavaScriptCatalog.as_view()), name="words"),
]
guide = [
    path("styleguide/", styleguide.index, name="styleguide"),
    path("styleguide/<slug:name>/", styleguide.page, name="styleguide_page"),
]
urlpatterns = shell + guide if settings.DEBUG else shell
