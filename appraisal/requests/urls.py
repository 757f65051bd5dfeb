"""Addresses of the officer's pages; included at the root of a province's host."""

from django.urls import path

from appraisal.requests.views import asking, assistance, consultations, home, onsite, phone, photos, request, talking

app_name = "requests"
urlpatterns = [
    path("", home.home, name="home"),
    path("check/", asking.check, name="check"),
    path("check/products/", asking.products, name="products"),
    path("phone/", phone.shell, name="phone"),
    path("phone/catalogue/", phone.products, name="phone_catalogue"),
    path("phone/tickets/", phone.tickets, name="phone_tickets"),
    path("phone/drafts/", phone.take_draft, name="phone_drafts"),
    path("items/<uuid:item_id>/", asking.item, name="item"),
    path("items/<uuid:item_id>/capture/", photos.capture, name="capture"),
    path("items/<uuid:item_id>/photos/", photos.photos, name="photos"),
    path("items/<uuid:item_id>/absent/", photos.absent, name="absent"),
    path("items/<uuid:item_id>/violation/", request.violation, name="violation"),
    path("photos/<uuid:photo_id>/", photos.photo, name="photo"),
    path("photos/<uuid:photo_id>/remove/", photos.remove_photo, name="remove_photo"),
    path("sites/<uuid:site_id>/", asking.site, name="site"),
    path("sites/<uuid:site_id>/send/", asking.send_site, name="send_site"),
    path("supplements/<uuid:supplement_id>/decline/", photos.decline_supplement, name="decline_supplement"),
    path("requests/", home.listing, name="list"),
    path("requests/<uuid:request_id>/", request.detail, name="detail"),
    path("requests/<uuid:request_id>/chat/", talking.chat, name="chat"),
    path("requests/<uuid:request_id>/chat/photos/", talking.chat_photo, name="chat_photo"),
    path("requests/<uuid:request_id>/cancel/", request.cancel, name="cancel"),
    path("requests/<uuid:request_id>/hand/", request.hand, name="hand"),
    path("requests/<uuid:request_id>/onsite/", onsite.onsite, name="onsite"),
    path("onsite/<uuid:appointment_id>/", onsite.answer_onsite, name="answer_onsite"),
    path("consultations/", consultations.consultations, name="consultations"),
    path("consultations/new/", consultations.new_consultation, name="new_consultation"),
    path("consultations/<uuid:consultation_id>/", consultations.consultation, name="consultation"),
    path("assistance/", assistance.assistance_list, name="assistance_list"),
    path("assistance/new/", assistance.new_assistance, name="new_assistance"),
    path("assistance/<uuid:task_id>/", assistance.assistance, name="assistance"),
]
