"""Addresses of the set-up that are about the whole office."""

from django.urls import path

from backoffice.running import views as running

urlpatterns = [
    path("runs/", running.show, name="runs"),
    path("runs/<int:pk>/retry/", running.retry, name="run_retry"),
]
