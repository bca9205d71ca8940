"""What a person does, without a screen: open a photo in a model, look at a view of it, take it along.

The page, a notebook and the command line go through the same `Session`; nothing here knows gradio or HTTP.
"""
