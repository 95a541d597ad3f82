"""All addresses of the office."""

from django.contrib import admin
from django.urls import include, path

from backoffice.api import urls as api
from backoffice.health import health
from backoffice.home import home

urlpatterns = [
    path("", home, name="home"),
    path("health/", health, name="health"),
    path("accounts/", include("allauth.urls")),
    path("api/v1/", api),
    path("", include("tasks.urls")),
    path("set-up/", admin.site.urls),
]
