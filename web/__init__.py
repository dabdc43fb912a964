"""Presentation alone: template tags, the theme, the style guide. No models, no rules."""
