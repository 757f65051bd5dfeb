"""Operations at the province's host."""

from django.urls import path

from tenants.linkage.api import views

urlpatterns = [
    path("referrals/", views.Referrals.as_view()),
    path("referrals/messages/", views.LinkageMessages.as_view()),
    path("referrals/messages/<uuid:linkage_message_id>/taken/", views.LinkageMessageTaken.as_view()),
    path("referrals/messages/<uuid:linkage_message_id>/again/", views.LinkageMessageAgain.as_view()),
    path("referrals/messages/<uuid:linkage_message_id>/settle/", views.LinkageMessageSettled.as_view()),
    path("referrals/<uuid:referral_id>/", views.ReferralDetail.as_view()),
    path("referrals/<uuid:referral_id>/steps/", views.ReferralSteps.as_view()),
    path("referrals/<uuid:referral_id>/send/", views.ReferralSend.as_view()),
    path("referrals/<uuid:referral_id>/reconsider/", views.ReferralReconsider.as_view()),
    path("referrals/<uuid:referral_id>/supervise/", views.ReferralSupervise.as_view()),
    path("referrals/<uuid:referral_id>/hand-over/", views.ReferralHandOver.as_view()),
    path("referrals/<uuid:referral_id>/end/", views.ReferralEnd.as_view()),
    path("referrals/<uuid:referral_id>/withdraw/", views.ReferralWithdraw.as_view()),
    path("referrals/<uuid:referral_id>/messages/", views.ReferralMessages.as_view()),
    path("cases/<uuid:case_id>/tell-penalty/", views.CasePenaltyTold.as_view()),
]
