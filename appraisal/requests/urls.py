"""Addresses of the officer's pages; included at the root of a province's host."""

from django.urls import path

from appraisal.requests import views

app_name = "requests"
urlpatterns = [
    path("", views.home, name="home"),
    path("check/", views.check, name="check"),
    path("check/products/", views.products, name="products"),
    path("items/<uuid:item_id>/", views.item, name="item"),
    path("items/<uuid:item_id>/capture/", views.capture, name="capture"),
    path("items/<uuid:item_id>/photos/", views.photos, name="photos"),
    path("items/<uuid:item_id>/absent/", views.absent, name="absent"),
    path("items/<uuid:item_id>/violation/", views.violation, name="violation"),
    path("photos/<uuid:photo_id>/", views.photo, name="photo"),
    path("photos/<uuid:photo_id>/remove/", views.remove_photo, name="remove_photo"),
    path("sites/<uuid:site_id>/", views.site, name="site"),
    path("sites/<uuid:site_id>/send/", views.send_site, name="send_site"),
    path("supplements/<uuid:supplement_id>/decline/", views.decline_supplement, name="decline_supplement"),
    path("requests/", views.listing, name="list"),
    path("requests/<uuid:request_id>/", views.detail, name="detail"),
    path("requests/<uuid:request_id>/chat/", views.chat, name="chat"),
    path("requests/<uuid:request_id>/chat/photos/", views.chat_photo, name="chat_photo"),
    path("requests/<uuid:request_id>/cancel/", views.cancel, name="cancel"),
    path("requests/<uuid:request_id>/hand/", views.hand, name="hand"),
    path("requests/<uuid:request_id>/onsite/", views.onsite, name="onsite"),
    path("onsite/<uuid:appointment_id>/", views.answer_onsite, name="answer_onsite"),
    path("consultations/", views.consultations, name="consultations"),
    path("consultations/new/", views.new_consultation, name="new_consultation"),
    path("consultations/<uuid:consultation_id>/", views.consultation, name="consultation"),
    path("assistance/", views.assistance_list, name="assistance_list"),
    path("assistance/new/", views.new_assistance, name="new_assistance"),
    path("assistance/<uuid:task_id>/", views.assistance, name="assistance"),
]
