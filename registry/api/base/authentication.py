"""Token authentication that rejects every malformed Authorization header."""

from typing import Any

from drf_spectacular.contrib.knox_auth_token import KnoxTokenScheme
from knox.auth import TokenAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

HEADER = "HTTP_AUTHORIZATION"


class StrictTokenAuthentication(TokenAuthentication):
    """Accepts `Authorization: Token …`; any other Authorization header is a 401, never anonymous access."""

    def authenticate(self, request: Request) -> Any:
        if HEADER not in request.META:
            return None
        parts = str(request.META[HEADER]).split()
        if not parts or parts[0].lower() != "token":
            raise AuthenticationFailed(
                "Invalid Authorization header: send ‘Token’, a space and your token, or omit the header."
            )
        if len(parts) != 2 or not (parts[1].isascii() and parts[1].isprintable()):
            raise AuthenticationFailed("The Authorization header has no valid token: sign in to get a new token.")
        return super().authenticate(request)


class TokenScheme(KnoxTokenScheme):  # type: ignore[no-untyped-call]
    target_class = "registry.api.base.authentication.StrictTokenAuthentication"
