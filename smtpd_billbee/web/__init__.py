"""web: the window.  What a shop owner does, in the browser: German and English, phone and desk.

    window      every page as one application
    settings    what the window is told about the place where it stands
    admin       the framework with our templates, texts, sign-in and headers
    server      uvicorn in the loop of everything else
    context     the store, the clock, who is signed in, and whose things may be shown
    hands       what the window sets going: reading, relaying, sending
    page        a page of our own within the frame
    security    the headers of every answer; the nonce of the framework's scripts
    language    which language a request is answered in; our texts in catalogs/
    sessions    the signed cookie, and signed links
    throttle    how often a wrong password may be tried
    sign_in     signing in and out, the first administrator, passwords by a link
    start       the start page
    workbench   a mail is tried out, a label taught, kept mails compared
    notices     settings: what the owner is told of by mail
    reading_view  a reading's values and the mail's lines with marks
    field_names  what the fields of an order are called

Reads go to store, bound to the user's account; changes go through work.
"""
