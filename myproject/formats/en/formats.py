"""What English writes otherwise than Django: "4 p.m." at the end of a sentence would have two full stops."""

TIME_FORMAT = "g:i A"
DATETIME_FORMAT = "N j, Y, g:i A"
