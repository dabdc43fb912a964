"""Presentation alone: the frame of every page, template tags, the theme, the style guide. No models, no rules."""
