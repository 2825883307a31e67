"""The speed table: Taizhang beside plain Flask-Admin, over the same rows, in one run. ``python -m tests.bench --help``.

    cases.py     what is measured: to add a case, add a ``Case`` to its list
    databases.py the two databases (a million residents, two million visits), made once and kept
    vanilla.py   the panel that Flask-Admin's own tutorial would make of them
    sides.py     the two panels as processes of their own, which a case is asked of in turns
    load.py      the same behind a server, under several clients at once
    table.py     what came out, as a table and as JSON

It measures and never asserts: a busy machine is no defect.
"""
