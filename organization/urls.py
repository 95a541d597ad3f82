"""Addresses about oneself."""

from django.urls import path

from organization.views import profile

urlpatterns = [
    path("profile/", profile.profile, name="profile"),
    path("profile/tokens/", profile.add_token, name="profile_tokens"),
    path("profile/tokens/<int:pk>/revoke/", profile.revoke, name="profile_revoke"),
]
