"""What people do of a hundred things: three in ten of them write."""

MIX = {
    "feed": 25,
    "inbox": 15,
    "bell": 15,
    "post": 15,
    "like": 14,
    "comment": 6,
    "read": 5,
    "bookmark": 4,
    "join": 1,
}
