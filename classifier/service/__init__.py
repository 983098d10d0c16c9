"""The service: the model behind HTTP, for programs and for a page in the browser."""
