"""Addresses about oneself."""

from django.urls import path

from organization.views import look, notices, profile
from organization.views import welcome as welcome_page

urlpatterns = [
    path("welcome/<str:uid>/<str:key>/", welcome_page.welcome, name="welcome"),
    path("look/<int:revision>.css", look.style, name="look_style"),
    path("look/logo/<int:number>/", look.logo, name="look_logo"),
    path("profile/", profile.profile, name="profile"),
    path("notices/ways/", notices.ways, name="notices_ways"),
    path("profile/tokens/", profile.add_token, name="profile_tokens"),
    path("profile/tokens/<int:pk>/revoke/", profile.revoke, name="profile_revoke"),
    path("notices/", notices.show, name="notices"),
    path("notices/read/", notices.read_all, name="notices_read"),
    path("notices/<int:pk>/open/", notices.go_to, name="notices_open"),
    path("notices/stop/<str:word>/", notices.stop, name="notices_stop"),
]
