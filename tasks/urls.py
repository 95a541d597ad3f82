"""Addresses of the queue."""

from django.urls import path

from tasks import views

app_name = "tasks"
urlpatterns = [
    path("queue/", views.queue, name="queue"),
    path("tasks/<str:reference>/", views.task, name="task"),
]
