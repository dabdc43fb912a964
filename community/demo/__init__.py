"""Lindenhof, the community that a new site shows: its words are the TOML files beside this one."""
