"""The project's version. Its images carry it as their tag, and no image has the project installed to ask for it."""

VERSION = "0.1.0"
