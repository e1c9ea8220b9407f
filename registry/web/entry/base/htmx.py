"""Forms that replace a part of their page when htmx sends them, and lead back to the page when the browser does."""

from urllib.parse import urlsplit

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from registry.web.entry.base.kept_form import keep_form
from registry.web.entry.base.sign_in import show_sign_in

PARTIAL = "X-Partial"
"""Header of a request by the script of a form, which replaces the form only."""


def is_by_htmx(request: HttpRequest) -> bool:
    """Whether only a part of the page is asked for."""
    return request.headers.get("HX-Request") == "true"


def is_by_script(request: HttpRequest) -> bool:
    """Whether a script of a page sent the request: it keeps what was typed by itself."""
    return is_by_htmx(request) or PARTIAL in request.headers


def sign_in_again(request: HttpRequest) -> HttpResponse:
    """Lead to the sign-in page, and from there back to the page the user is on; htmx would else show the former in the
    latter."""
    if request.method in ("GET", "HEAD") and not is_by_htmx(request):
        return redirect_to_login(request.get_full_path())
    if not is_by_script(request) and (kept := keep_form(request)):
        return show_sign_in(request, kept)
    current = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    is_own = url_has_allowed_host_and_scheme(current, allowed_hosts={request.get_host()})
    answer = redirect_to_login(urlsplit(current).path if is_own else "/", f"{reverse('login')}?expired=1")
    return HttpResponse(headers={"HX-Redirect": answer["Location"]}) if is_by_htmx(request) else answer
