"""Addresses about oneself."""

from django.urls import path

from organization import views

urlpatterns = [
    path("profile/", views.profile, name="profile"),
    path("profile/tokens/", views.add_token, name="profile_tokens"),
    path("profile/tokens/<int:pk>/revoke/", views.revoke, name="profile_revoke"),
]
