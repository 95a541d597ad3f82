"""Addresses of the set-up of places and people."""

from django.urls import path

from organization.views import aliases, calendars, departments, importing, look, mail, people, qualifications, sites

urlpatterns = [
    path("sites/", sites.show, name="sites"),
    path("sites/new/", sites.edit, name="site_new"),
    path("sites/<int:pk>/", sites.edit, name="site"),
    path("calendars/", calendars.show, name="calendars"),
    path("calendars/new/", calendars.edit, name="calendar_new"),
    path("calendars/<int:pk>/", calendars.edit, name="calendar"),
    path("departments/", departments.show, name="departments"),
    path("departments/new/", departments.edit, name="department_new"),
    path("departments/<int:pk>/", departments.edit, name="department"),
    path("people/", people.show, name="people"),
    path("people/new/", people.edit, name="person_new"),
    path("people/names/", people.names, name="names"),
    path("import-people/", importing.show, name="import"),
    path("import-people/template/<str:kind>/", importing.template, name="import_template"),
    path("import-people/<int:pk>/", importing.preview, name="import_preview"),
    path("import-people/runs/<int:pk>/", importing.run, name="import_run"),
    path("import-people/runs/<int:pk>/again/", importing.again, name="import_again"),
    path("import-people/runs/<int:pk>/aside/", importing.aside, name="import_aside"),
    path("import-people/runs/<int:pk>/rows/<int:line>/", importing.correct, name="import_row"),
    path("people/<int:pk>/", people.person, name="person"),
    path("people/<int:pk>/edit/", people.edit, name="person_edit"),
    path("people/<int:pk>/memberships/new/", people.membership, name="membership_new"),
    path("people/<int:pk>/memberships/<int:post>/", people.membership, name="membership"),
    path("people/<int:pk>/holdings/new/", people.holding, name="holding_new"),
    path("people/<int:pk>/holdings/<int:held>/", people.holding, name="holding"),
    path("look/", look.edit, name="look"),
    path("aliases/", aliases.show, name="aliases"),
    path("aliases/<int:pk>/", aliases.edit, name="alias"),
    path("aliases/<int:pk>/remove/", aliases.remove, name="alias_remove"),
    path("mail/", mail.show, name="mail"),
    path("mail/messages/", mail.messages, name="messages"),
    path("mail/test/", mail.test, name="mail_test"),
    path("mail/<int:pk>/retry/", mail.retry, name="mail_retry"),
    path("qualifications/", qualifications.show, name="qualifications"),
    path("qualifications/new/", qualifications.edit, name="qualification_new"),
    path("qualifications/<int:pk>/", qualifications.edit, name="qualification"),
]
