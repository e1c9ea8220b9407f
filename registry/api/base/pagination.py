"""Pages of a list."""

from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request

from registry.selectors.query.parsing import QueryError


class Pages(PageNumberPagination):
    """`?page=2&page_size=50`, at most 1000 a page."""

    page_size_query_param = "page_size"
    max_page_size = 1000

    def get_page_size(self, request: Request) -> int | None:
        """Refuse a size that is none, rather than ignore it."""
        given = request.query_params.get("page_size")
        if given is None:
            return self.page_size
        if not (given.isascii() and given.isdecimal() and len(given) < 10 and 1 <= int(given) <= self.max_page_size):
            raise QueryError("page_size", f"page_size is a whole number from 1 to {self.max_page_size}, not ‘{given}’.")
        return int(given)
