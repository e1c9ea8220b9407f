"""Who is signed in now, for pages that were opened before; and forms whose token has expired."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe


@never_cache
@require_safe
def session_state(request: HttpRequest) -> JsonResponse:
    """The user who is signed in, and the token that the forms of a page need."""
    user = request.user
    name = user.get_username() if user.is_authenticated else ""
    return JsonResponse({"user": user.pk, "name": name, "token": get_token(request)})


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say how to send a form that was opened before the user signed in again; nothing of it is saved."""
    return render(request, "403_csrf.html", {"reason": reason}, status=403)
