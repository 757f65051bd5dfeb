"""Pages at the province's host."""

from django.urls import path

from signon.views import clients, providers, public

app_name = "signon"
urlpatterns = [
    path("sign-on/", providers.providers, name="providers"),
    path("sign-on/new/", providers.new_provider, name="new_provider"),
    path("sign-on/refused/", public.refused, name="refused"),
    path("sign-on/again/", public.again, name="again"),
    path("sign-on/enter/<slug:slug>/", public.enter, name="enter"),
    path("sign-on/back-channel/<slug:slug>/", public.back_channel, name="back_channel"),
    path("sign-on/front-channel/<slug:slug>/", public.front_channel, name="front_channel"),
    path("sign-on/refusals/", providers.refusals, name="refusals"),
    path("sign-on/refusals/<uuid:refusal_id>/<slug:step>/", providers.refusal_step, name="refusal_step"),
    path("sign-on/clients/", clients.clients, name="clients"),
    path("sign-on/clients/new/", clients.new_client, name="new_client"),
    path("sign-on/clients/<uuid:system_id>/", clients.client, name="client"),
    path("sign-on/clients/<uuid:system_id>/<slug:step>/", clients.client_step, name="client_step"),
    path("sign-on/<uuid:sign_on_id>/", providers.provider, name="provider"),
    path("sign-on/<uuid:sign_on_id>/try/", providers.try_now, name="try"),
    path("sign-on/<uuid:sign_on_id>/tried/", providers.tried_now, name="tried"),
    path("sign-on/<uuid:sign_on_id>/<slug:step>/", providers.provider_step, name="provider_step"),
]
