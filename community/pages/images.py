"""The pictures of posts, for those who may see the post."""

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from ..models import Post, PostImage
from .requests import SignedInRequest

CACHE_SECONDS = 3600  # how long a browser shows what everybody may see without asking again


@login_required
@require_safe
def post_image(request: SignedInRequest, pk: int) -> HttpResponseBase:
    visible = Post.objects.visible_to(request.user)
    image = get_object_or_404(PostImage.objects.filter(post__in=visible).select_related("post__group"), pk=pk)
    name = f'"{image.pk}"'  # a picture never changes
    answer = get_conditional_response(request, etag=name) or _file_of(image)
    answer["ETag"] = name
    answer["Cache-Control"] = (
        f"private, max-age={CACHE_SECONDS}" if _is_for_all(image) else "private, no-cache"
    )
    answer["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'; sandbox"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer


def _file_of(image: PostImage) -> HttpResponseBase:
    try:
        return FileResponse(image.file.open("rb"), content_type="image/webp")
    except FileNotFoundError as error:
        raise Http404 from error


def _is_for_all(image: PostImage) -> bool:
    """Else a browser asks each time: whoever has left the group, or signed out, is shown it no more."""
    return image.post.group is None or not image.post.group.is_private
