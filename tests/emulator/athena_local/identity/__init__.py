"""Identity providers, for the ways of signing in that go through one.

A listener of its own, always https, stands for the host of an AD FS server, of PingFederate and of
an Okta organisation at once: their paths do not meet. saml.py makes what they give out.
"""
