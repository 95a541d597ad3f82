"""Puts our front door before Django's admin site. Read while applications load, so it imports nothing of ours."""

from django.contrib.admin.apps import AdminConfig


class SetUpConfig(AdminConfig):
    default_site = "backoffice.set_up.SetUpSite"
