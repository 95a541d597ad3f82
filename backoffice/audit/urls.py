"""Addresses of the audit page."""

from django.urls import path

from backoffice.audit import views

app_name = "audit"
urlpatterns = [
    path("audit/", views.index, name="index"),
    path("audit/chain/", views.chain, name="chain"),
    path("audit/verify/", views.verify, name="verify"),
    path("audit/export/", views.export, name="ask_export"),
    path("audit/exports/<int:pk>/", views.show_export, name="export"),
    path("audit/exports/<int:pk>/file/", views.download, name="download"),
]
