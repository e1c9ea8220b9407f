"""Pages without filters refuse parameters that they do not take: an address such as `/materials/?kind=binder` would
otherwise show everything, as if the filter had been applied."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render

from registry.selectors.query.parsing import nearest

View = Callable[..., HttpResponseBase]


def takes(*names: str) -> Callable[[View], View]:
    """Refuse the parameters of an address except these."""

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            for name in request.GET:
                if name not in names:
                    taken = f"takes only {', '.join(names)}" if names else "takes none"
                    reason = f"Unknown parameter ‘{name}’: this page {taken}.{nearest(name, names)}"
                    return render(request, "400.html", {"reason": reason}, status=400)
            return view(request, *args, **kwargs)

        return checked

    return decorate
