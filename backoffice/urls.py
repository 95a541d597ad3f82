"""All addresses of the office."""

from allauth.account.decorators import reauthentication_required
from allauth.usersessions.views import list_usersessions
from django.urls import include, path
from django.views.generic import RedirectView

from backoffice.api import urls as api
from backoffice.health import health
from backoffice.home import home
from backoffice.metrics import metrics
from backoffice.palette import palette
from backoffice.search import search
from backoffice.urls_set_up import urlpatterns as office_set_up
from organization.urls_set_up import urlpatterns as organization_set_up
from tasks.urls_set_up import urlpatterns as tasks_set_up

to_home = RedirectView.as_view(pattern_name="home", http_method_names=["get", "head"])
urlpatterns = [
    path("", home, name="home"),
    path("health/", health, name="health"),
    path("metrics", metrics, name="metrics"),
    # Addresses are an admin's word: nobody changes their own.
    path("accounts/email/", to_home, name="account_email"),
    # Seeing one's sessions is free, ending one asks who it is.
    path("accounts/sessions/", reauthentication_required(list_usersessions, allow_get=True), name="usersessions_list"),
    path("accounts/", include("allauth.urls")),
    path("api/v1/", api),
    path("search/", search, name="search"),
    path("search/palette/", palette, name="palette"),
    path("", include("tasks.urls")),
    path("", include("tasks.urls_requests")),
    path("", include("reports.urls")),
    path("", include("backoffice.audit.urls")),
    path("", include("organization.urls")),
    path("set-up/", include((tasks_set_up + organization_set_up + office_set_up, "set_up"))),
]
handler400 = "backoffice.requests.bad_request"
handler500 = "backoffice.requests.server_error"
