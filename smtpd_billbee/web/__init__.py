"""web: the window.  What a shop owner does, in the browser: German and English, phone and desk.

    window      every page as one application
    settings    what the window is told about the place where it stands
    admin       the framework with our templates, texts, sign-in and headers
    server      uvicorn in the loop of everything else
    context     the store, the clock, who is signed in, and whose things may be shown
    hands       what the window sets going: reading, relaying, sending
    error_pages  what a page says that cannot be shown
    look_only   a list that is only looked at
    paged       the number of a page, however large one writes it
    page        a page of our own within the frame
    one_host    no link follows the Host header
    security    the headers of every answer; the nonce of the framework's scripts
    language    which language a request is answered in; our texts in catalogs/
    sessions    the signed cookie, and signed links
    throttle    how often a wrong password may be tried
    sign_in     signing in and out, the first administrator, passwords by a link
    forgot      a link for another password, by mail
    letters     mails of the window's own
    start       the start page
    bound       things by their number, bound to the account of whoever asks
    form_fields  what stands in a form, checked
    clean_words  no NUL in a query, a path or a form
    shops       the list of shops, and the wizard that makes one
    shop_news   what has come for a shop, for the page that waits
    shop_settings   the page of a shop: settings and taught labels
    users       who may sign in for an account
    profile     one's own password, language and second factor
    accounts    whose shops they are, for administrators
    articles article_list article_import    articles: one, all of them, from a file
    article_ends    one is merged or deleted; by what items find theirs
    article_forms article_charts            what is typed of them; their sales as a chart
    reports      revenue over time, by shop, payment, country, and by article
    report_period report_tables             which days; the store's lines as tables and charts
    figures      amounts, days and names in the page's language
    values      values of an order in the page's language
    payments     payment types in words
    files        tables to take away
    orders      the order list, and what is done with several orders at once
    order_views     states of it that a user has named
    order_filters   the conditions it offers
    order_export    orders as a file
    order_page      one order beside its mail
    order_form      its form: every field as text, and back
    order_words     states, fields and the journal in the words of people
    check       what needs a person
    mail_list, mails    the list of mails, and a mail's page
    imports     order files: dialog, preview, result, undo
    uploads     files between their preview and the user's word
    spool       what a form brings, on disk until its page reads it
    size_limit  how much a request may bring
    shop_senders  who may send a shop's orders
    trust_words  levels of proof, policies and senders in words
    mail_words  states of mails and copies in words
    told        what the reader, the importer and the acts say, in the window's language
    sentences   the list of what they say
    workbench   a mail is tried out, a label taught, kept mails compared
    doubtful_labels    a word that means another field already
    notices     settings: what the owner is told of by mail
    reading_view  a reading's values and the mail's lines with marks
    field_names  what the fields of an order are called

Reads go to store, bound to the user's account; changes go through work.
"""
