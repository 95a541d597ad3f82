"""Addresses of the set-up: its front page, and those of work; `organization.urls_set_up` has the others."""

from django.urls import path

from tasks.views import set_up_home

urlpatterns = [
    path("", set_up_home.show, name="home"),
]
