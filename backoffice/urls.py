"""All addresses of the office."""

from django.contrib import admin
from django.urls import include, path

from backoffice.health import health
from backoffice.home import home

urlpatterns = [
    path("", home, name="home"),
    path("health/", health, name="health"),
    path("accounts/", include("allauth.urls")),
    path("", include("tasks.urls")),
    path("set-up/", admin.site.urls),
]
