"""Addresses of who asks for something."""

from django.urls import path

from tasks.views import request, requests

app_name = "requests"
urlpatterns = [
    path("requests/", requests.index, name="index"),
    path("requests/new/", requests.choose, name="choose"),
    path("requests/new/<int:pk>/", requests.ask, name="ask"),
    path("requests/ratings/<str:code>/", request.ratings, name="ratings"),
    path("requests/<str:reference>/", request.show, name="request"),
    path("requests/<str:reference>/answer/", request.answer, name="answer"),
    path("requests/<str:reference>/withdraw/", request.withdraw, name="withdraw"),
    path("requests/<str:reference>/reopen/", request.ask_again, name="reopen"),
    path("requests/<str:reference>/rate/", request.give_rating, name="rate"),
]
