"""Who may do what: asked by pages, API, actions and notifications alike."""

from django.contrib.auth.models import AnonymousUser

from accounts.models import User

from .models import Comment, Group, GroupMembership, Post, Withheld


def membership_of(user: User | AnonymousUser, group: Group) -> GroupMembership | None:
    return GroupMembership.objects.of(user).filter(group=group).first()


def is_member(user: User | AnonymousUser, group: Group) -> bool:
    return GroupMembership.objects.active().of(user).filter(group=group).exists()


def may_see_group(user: User | AnonymousUser, group: Group) -> bool:
    return (not group.is_private or is_member(user, group)) and _is_shown(user, group.withheld, group)


def may_see_post(user: User | AnonymousUser, post: Post) -> bool:
    if post.group is not None and not may_see_group(user, post.group):
        return False
    is_kept_from_author = post.withheld == Withheld.REMOVED
    return (user.pk == post.author_id and not is_kept_from_author) or _is_shown(
        user, post.withheld, post.group
    )


def may_post_in(user: User, group: Group) -> bool:
    """Members post; whoever only looks in joins first."""
    return is_member(user, group) and not group.withheld


def may_look_after(user: User | AnonymousUser, group: Group) -> bool:
    """Owner and moderators: members, requests, what others wrote in it."""
    return GroupMembership.objects.caretakers().of(user).filter(group=group).exists()


def may_own(user: User | AnonymousUser, group: Group) -> bool:
    """The owner: the group itself."""
    return (
        GroupMembership.objects.active()
        .of(user)
        .filter(group=group, role=GroupMembership.Role.OWNER)
        .exists()
    )


def may_edit_post(user: User, post: Post) -> bool:
    """What was hidden is not put right by its author: they may say why it should be shown, or delete it."""
    if post.withheld in (Withheld.HIDDEN, Withheld.REMOVED):
        return False
    return user.pk == post.author_id and may_see_post(user, post)


def may_delete_post(user: User, post: Post) -> bool:
    if not may_see_post(user, post):
        return False
    return user.pk == post.author_id or (post.group is not None and may_look_after(user, post.group))


def may_edit_comment(user: User, comment: Comment) -> bool:
    if comment.deleted_at is not None or comment.withheld in (Withheld.HIDDEN, Withheld.REMOVED):
        return False
    return user.pk == comment.author_id and may_see_post(user, comment.post)


def may_delete_comment(user: User, comment: Comment) -> bool:
    if comment.deleted_at is not None or not may_see_post(user, comment.post):
        return False
    return user.pk == comment.author_id or may_delete_post(user, comment.post)


def _is_shown(user: User | AnonymousUser, withheld: str, group: Group | None) -> bool:
    """What the moderation withholds is shown to staff and to those who look after the group."""
    if not withheld:
        return True
    if withheld == Withheld.REMOVED:
        return False
    return user.is_staff or (group is not None and may_look_after(user, group))
