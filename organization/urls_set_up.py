"""Addresses of the set-up of places and people."""

from django.urls import path

from organization.views import departments, qualifications, sites

urlpatterns = [
    path("sites/", sites.show, name="sites"),
    path("sites/new/", sites.edit, name="site_new"),
    path("sites/<int:pk>/", sites.edit, name="site"),
    path("departments/", departments.show, name="departments"),
    path("departments/new/", departments.edit, name="department_new"),
    path("departments/<int:pk>/", departments.edit, name="department"),
    path("qualifications/", qualifications.show, name="qualifications"),
    path("qualifications/new/", qualifications.edit, name="qualification_new"),
    path("qualifications/<int:pk>/", qualifications.edit, name="qualification"),
]
