"""Addresses of the queue."""

from django.urls import path

from tasks.views import absences, bulk, department, following, new, people, queue, saved, task, typing, verbs

app_name = "tasks"
urlpatterns = [
    path("queue/", queue.show, name="queue"),
    path("queue/filters/", queue.filter_panel, name="filters"),
    path("queue/next/", queue.take_next, name="next"),
    path("queue/live/", typing.live, name="live"),
    path("queue/counts/", following.numbers, name="counts"),
    path("queue/bulk/undo/<str:token>/", bulk.undo, name="bulk_undo"),
    path("queue/bulk/<str:name>/", bulk.change, name="bulk"),
    path("queue/views/", saved.show, name="views"),
    path("queue/views/side/", saved.side, name="views_side"),
    path("queue/views/<int:pk>/<str:verb>/", saved.change, name="view_change"),
    path("departments/", department.choose, name="departments"),
    path("department/", department.show, name="department"),
    path("department/<str:code>/", department.show, name="department"),
    path("department/<str:code>/live/", following.board, name="department_live"),
    path("department/<str:code>/preview/", department.preview, name="department_preview"),
    path("department/<str:code>/undo/<str:token>/", department.undo, name="department_undo"),
    path("department/<str:code>/absences/<int:absence>/", department.substitute, name="department_substitute"),
    path("department/<str:code>/<str:verb>/", department.change, name="department_change"),
    path("absences/", absences.show, name="absences"),
    path("absences/<int:pk>/new/", absences.edit, name="absence_new"),
    path("absences/<int:pk>/<int:absence>/", absences.edit, name="absence"),
    path("absences/<int:pk>/<int:absence>/withdraw/", absences.withdraw, name="absence_withdraw"),
    path("absences/<int:pk>/<int:absence>/back/", absences.back, name="absence_back"),
    path("drafts/<str:form>/", typing.draft, name="draft"),
    path("tasks/new/", new.show, name="new"),
    path("tasks/new/requesters/", new.people, name="new_requesters"),
    path("tasks/<str:reference>/", task.show, name="task"),
    path("tasks/<str:reference>/files/<int:pk>/", task.file, name="file"),
    path("tasks/<str:reference>/comment/", verbs.comment, name="comment"),
    path("tasks/<str:reference>/mark-step/", verbs.step, name="step"),
    path("tasks/<str:reference>/watch/", verbs.watch, name="watch"),
    path("tasks/<str:reference>/presence/", typing.at_task, name="presence"),
    path("tasks/<str:reference>/mentions/", typing.mentions, name="mentions"),
    path("tasks/<str:reference>/undo/", verbs.undo, name="undo"),
    path("people/search/", people.search, name="people"),
    path("tasks/<str:reference>/<str:name>/", verbs.act, name="verb"),
]
