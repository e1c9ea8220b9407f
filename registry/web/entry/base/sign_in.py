"""The sign-in page, which carries a form that was sent after its session had ended."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from registry.web.entry.base.kept_form import KeptForm, load_kept_form

TEMPLATE = "registration/login.html"
KEPT = "kept"


class SignInView(LoginView):
    """Sign in; a form that is carried is then shown to the user who typed it."""

    template_name = TEMPLATE

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"kept": self._kept()}

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        response = super().form_valid(form)
        kept = self._kept()
        if kept is None:
            return response
        if kept.user != str(form.get_user().pk):
            messages.warning(self.request, "The form was filled in by another user, so its input was dropped.")
            return response
        return render(self.request, "registration/kept_form.html", {"kept": kept})

    def _kept(self) -> KeptForm | None:
        return load_kept_form(self.request.POST.get(KEPT, ""))


@never_cache
def show_sign_in(request: HttpRequest, kept: KeptForm) -> HttpResponse:
    """Answer a form that was sent without a session with the sign-in page."""
    context = {"form": AuthenticationForm(request), "next": kept.path, "kept": kept}
    return render(request, TEMPLATE, context, status=403)
