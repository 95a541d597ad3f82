"""Addresses of the set-up: its front page, and those of work; `organization.urls_set_up` has the others."""

from django.urls import path

from tasks.views import set_up_absences, set_up_home

urlpatterns = [
    path("", set_up_home.show, name="home"),
    path("people/<int:pk>/absences/new/", set_up_absences.edit, name="absence_new"),
    path("people/<int:pk>/absences/<int:absence>/", set_up_absences.edit, name="absence"),
    path("people/<int:pk>/absences/<int:absence>/withdraw/", set_up_absences.withdraw, name="absence_withdraw"),
    path("people/<int:pk>/absences/<int:absence>/back/", set_up_absences.back, name="absence_back"),
]
