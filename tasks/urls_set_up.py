"""Addresses of the set-up: its front page, and those of work; `organization.urls_set_up` has the others."""

from django.urls import path

from tasks.views import set_up_absences, set_up_home, set_up_labels, set_up_lives, set_up_procedures, set_up_views

urlpatterns = [
    path("", set_up_home.show, name="home"),
    path("people/<int:pk>/absences/new/", set_up_absences.edit, name="absence_new"),
    path("people/<int:pk>/absences/<int:absence>/", set_up_absences.edit, name="absence"),
    path("people/<int:pk>/absences/<int:absence>/withdraw/", set_up_absences.withdraw, name="absence_withdraw"),
    path("people/<int:pk>/absences/<int:absence>/back/", set_up_absences.back, name="absence_back"),
    path("people/<int:pk>/invite/", set_up_lives.invite, name="invite"),
    path("people/<int:pk>/move/", set_up_lives.move, name="person_move"),
    path("people/<int:pk>/leave/", set_up_lives.leave, name="person_leave"),
    path("people/<int:pk>/back/", set_up_lives.come_back, name="person_back"),
    path("procedures/", set_up_procedures.show, name="procedures"),
    path("procedures/new/", set_up_procedures.edit, name="procedure_new"),
    path("procedures/<int:pk>/", set_up_procedures.edit, name="procedure"),
    path("procedures/<int:pk>/begin/", set_up_procedures.begin, name="draft_begin"),
    path("procedures/<int:pk>/draft/", set_up_procedures.draft, name="draft"),
    path("procedures/<int:pk>/publish/", set_up_procedures.publish, name="publish"),
    path("procedures/<int:pk>/versions/<int:number>/", set_up_procedures.version, name="version"),
    path("views/", set_up_views.show, name="shared_views"),
    path("views/<int:pk>/", set_up_views.edit, name="shared_view"),
    path("views/<int:pk>/delete/", set_up_views.delete, name="shared_view_delete"),
    path("labels/", set_up_labels.show, name="labels"),
    path("labels/new/", set_up_labels.edit, name="label_new"),
    path("labels/<int:pk>/", set_up_labels.edit, name="label"),
]
