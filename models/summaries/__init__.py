"""Read-only questions over the tables: each a function of a session and of days, answering with typed rows.

A session's scope confines every answer; nothing here asks for a village, the web or the clock. They tell how the
register stands now: who was where on an earlier day is told by the events.
"""
