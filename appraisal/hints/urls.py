"""Addresses of hints; included at the root of a province's host."""

from django.urls import path

from appraisal.hints import views

app_name = "hints"
urlpatterns = [
    path("hints/", views.listing, name="list"),
    path("hints/<uuid:hint_id>/", views.hint, name="hint"),
    path("hints/<uuid:hint_id>/decide/", views.decide, name="decide"),
    path("hints/codes/<uuid:code_id>/", views.code, name="code"),
    path("hints/codes/<uuid:code_id>/say/", views.say_code, name="say_code"),
    path("hints/items/<uuid:item_id>/codes/", views.type_code, name="type_code"),
    path("hints/items/<uuid:item_id>/share/", views.share, name="share"),
    path("hints/items/<uuid:item_id>/offer/", views.offer, name="offer"),
    path("hints/look-backs/<uuid:look_back_id>/", views.look_back, name="look_back"),
    path("hints/look-backs/<uuid:look_back_id>/read/", views.read_look_back, name="read_look_back"),
]
