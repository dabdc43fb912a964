"""The pictures of posts, for those who may see the post."""

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from ..models import Post, PostImage
from .requests import SignedInRequest

CACHE_SECONDS = 3600  # how long a browser may show it to somebody who has left the group since


@login_required
@require_safe
def post_image(request: SignedInRequest, pk: int) -> HttpResponseBase:
    visible = Post.objects.visible_to(request.user)
    image = get_object_or_404(PostImage.objects.filter(post__in=visible), pk=pk)
    try:
        file = image.file.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    return FileResponse(
        file,
        content_type="image/webp",
        headers={
            "Cache-Control": f"private, max-age={CACHE_SECONDS}",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Cross-Origin-Resource-Policy": "same-origin",
        },
    )
