"""What a person wants to hear of, and how: deciding (`preferences`, `quiet`: no queries), the rows
it is decided by, the writing of them, and saying why.
"""
