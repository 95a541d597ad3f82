"""The web server's way in."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backoffice.settings")
application = get_wsgi_application()


def _warm() -> None:
    """Load addresses, views and the common templates before the server forks: workers share them and start at once."""
    from django.template import engines
    from django.urls import get_resolver

    _ = get_resolver().url_patterns
    for name in ("base.html", "tasks/queue.html", "tasks/task.html", "tasks/department.html"):
        engines["django"].get_template(name)


_warm()
