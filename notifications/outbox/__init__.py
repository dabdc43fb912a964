"""From a committed event to the rows it means: claimed, expanded, told, withdrawn. The order of reading is
dispatcher, pipeline, expansion (one person each) and audience (many at once).
"""
