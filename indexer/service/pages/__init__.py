"""The pages: analysts look at the published index in a browser.

A view is one module of ``views/``, whose ``VIEWS`` are taken up in ``views/__init__.py``, in the order of the menu::

    def overview(visit: Visit) -> Response:
        with visit.reading() as connection:
            rows = connection.execute(statement("overview", __package__)).fetchall()
        return visit.page("overview.html", title="Overview", rows=rows)


    VIEWS = (View("/overview", overview, menu="Overview"),)

* A view runs in a thread of its own, so it may block. It is reached by people who are known, and by nobody else.
* ``visit.asked`` has what stands in the address, ``visit.given`` the fields of a form, ``visit.named`` the parts of the
  path; all of it is hostile text. ``visit.user`` is who asks.
* ``View(..., post=True)`` takes a form by POST, and no GET. That it comes from a page of ours is known before the view
  runs: its template holds ``{{ token() }}`` inside of ``<form method="post">``.
* ``visit.reading()`` is a connection to the index as it is published now, bounded in time, memory and number. It raises
  QueryError for SQL that fails and QueryStopped for what takes too long: what a view does not catch becomes a page.
* A template extends ``base.html`` and fills ``{% block main %}``. Whatever it shows is escaped; ``{{ value | shown }}``
  writes times, numbers and control characters as all pages do. ``_result.html`` has the table of any query.
* No script or style stands in a page: ``static/`` is served by us, and ``{{ asset("name.css") }}`` is its address. A
  template that needs its own fills ``{% block head %}``.
* ``View(..., pictures=True)`` may show pictures of the configured buckets by their presigned URLs.
"""
