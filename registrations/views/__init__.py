"""The partner's pages: each view fetches what its person may see, calls one verb and answers."""
