"""API of the main job on a province's host: ask, photograph, talk, read the answer."""

from __future__ import annotations

from django.urls import path

from appraisal.requests.api.items import ItemAbsent, ItemDetail, ItemPhotos, ItemViolation, Photo, SupplementDecline
from appraisal.requests.api.many import ProductsBulk, RequestsBulk
from appraisal.requests.api.outside import Assistance, AssistanceDetail, ConsultationLines, Consultations
from appraisal.requests.api.products import Products, ShotListView
from appraisal.requests.api.request import Figures, RequestCancel, RequestDetail, RequestHand, Requests, RequestSend
from appraisal.requests.api.sites import SiteDetail, SiteItems, Sites, SiteSend, SiteUnlisted
from appraisal.requests.api.talking import Onsite, RequestLines, RequestOnsite, RequestPhotos

urlpatterns = [
    path("products/", Products.as_view()),
    path("products/bulk/", ProductsBulk.as_view()),
    path("products/<uuid:product_id>/shot-list/", ShotListView.as_view()),
    path("sites/", Sites.as_view()),
    path("sites/<uuid:site_id>/", SiteDetail.as_view()),
    path("sites/<uuid:site_id>/items/", SiteItems.as_view()),
    path("sites/<uuid:site_id>/unlisted/", SiteUnlisted.as_view()),
    path("sites/<uuid:site_id>/send/", SiteSend.as_view()),
    path("requests/", Requests.as_view()),
    path("requests/bulk/", RequestsBulk.as_view()),
    path("requests/<uuid:request_id>/", RequestDetail.as_view()),
    path("requests/<uuid:request_id>/send/", RequestSend.as_view()),
    path("requests/<uuid:request_id>/cancel/", RequestCancel.as_view()),
    path("requests/<uuid:request_id>/hand-over/", RequestHand.as_view()),
    path("requests/<uuid:request_id>/lines/", RequestLines.as_view()),
    path("requests/<uuid:request_id>/photos/", RequestPhotos.as_view()),
    path("requests/<uuid:request_id>/onsite/", RequestOnsite.as_view()),
    path("onsite/<uuid:appointment_id>/", Onsite.as_view()),
    path("items/<uuid:item_id>/", ItemDetail.as_view()),
    path("items/<uuid:item_id>/violation/", ItemViolation.as_view()),
    path("items/<uuid:item_id>/photos/", ItemPhotos.as_view()),
    path("items/<uuid:item_id>/absent/", ItemAbsent.as_view()),
    path("photos/<uuid:photo_id>/", Photo.as_view()),
    path("supplements/<uuid:supplement_id>/decline/", SupplementDecline.as_view()),
    path("consultations/", Consultations.as_view()),
    path("consultations/<uuid:consultation_id>/lines/", ConsultationLines.as_view()),
    path("assistance/", Assistance.as_view()),
    path("assistance/<uuid:task_id>/", AssistanceDetail.as_view()),
    path("figures/", Figures.as_view()),
]
