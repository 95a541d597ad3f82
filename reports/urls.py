"""Addresses of reports."""

from django.urls import path

from reports.views import kept, schedules

app_name = "reports"
urlpatterns = [
    path("reports/", kept.index, name="index"),
    path("reports/ask/<slug:name>/", kept.ask, name="ask"),
    path("reports/<int:pk>/", kept.show, name="report"),
    path("reports/<int:pk>/progress/", kept.progress, name="progress"),
    path("reports/<int:pk>/download/<str:form>/", kept.download, name="download"),
    path("reports/<int:pk>/paper/", kept.paper, name="paper"),
    path("reports/<int:pk>/retry/", kept.retry, name="retry"),
    path("reports/<int:pk>/remove/", kept.remove, name="remove"),
    path("reports/schedules/", schedules.index, name="schedules"),
    path("reports/schedules/people/", schedules.people, name="schedule_people"),
    path("reports/schedules/new/<slug:name>/", schedules.add, name="schedule_new"),
    path("reports/schedules/<int:pk>/", schedules.show, name="schedule"),
    path("reports/schedules/<int:pk>/stop/", schedules.stop, name="schedule_stop"),
    path("reports/schedules/<int:pk>/start/", schedules.start, name="schedule_start"),
    path("reports/schedules/<int:pk>/leave/", schedules.leave, name="schedule_leave"),
]
