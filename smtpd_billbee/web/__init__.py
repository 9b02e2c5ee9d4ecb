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
    check       what needs a person
    mail_list, mails    the list of mails, and a mail's page
    imports     order files: dialog, preview, result, undo
    uploads     files between their preview and the user's word
    size_limit  how much a request may bring
    mail_words  states of mails and copies in words
    told        the reader's and the importer's sentences in the window's language

Reads go to store, bound to the user's account; changes go through work.
"""
