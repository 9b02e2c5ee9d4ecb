"""Every route of the window with an address for it, who may use it, and what a foreign number in it gives.

test_every_route.py holds this table against the routes of the running window, and tries each line of it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum

from starlette.routing import BaseRoute, Mount, Route

from smtpd_billbee.model.user import UserRole

OWNER, CLERK, READER, ADMINISTRATOR = UserRole.OWNER, UserRole.CLERK, UserRole.READER, UserRole.ADMINISTRATOR
NOWHERE = "987654321"  # a number that nothing has


class Foreign(Enum):
    """What somebody else's number does in an address or a form."""

    HIDDEN = "404, as a number that nothing has"
    LIKE_NONE = "the same answer as a number that nothing has"
    UNREAD = "it is not looked at: a user has one account"


@dataclass(frozen=True, slots=True)
class Line:
    """`at`: an address with {the numbers} of a side; `least`: who may, None: also who is not signed in.

    `nobody`: the framework has the route, and we offer nothing there.  `changes`: a POST writes into the database.
    `status`: of the answer to one who may; `refused`: to one whose role does not suffice.
    """

    route: str
    at: str
    least: UserRole | None = READER
    foreign: Foreign = Foreign.HIDDEN
    fields: Mapping[str, str] = field(default_factory=dict)
    file: str = ""
    changes: bool = True
    status: int = 200
    refused: int = 403
    nobody: bool = False
    by: UserRole = OWNER  # who tries it on what is his own
    page: bool = True  # a GET gives something to look at, and no other line gives the same

    @property
    def has_number(self) -> bool:
        """Whether a foreign number can be put into it."""
        return any("{" in words for words in (self.at, *self.fields.values()))


LIKE_NONE, UNREAD = Foreign.LIKE_NONE, Foreign.UNREAD

PAGES = (
    Line("/", "/"),
    Line("/login", "/login", None, status=303),  # who is signed in goes on
    Line("/first/{word}", "/first/old", None, status=410),
    Line("/password/{word}", "/password/old", None, status=410),
    Line("/forgot", "/forgot", None),
    Line("/health", "/health", None, status=204, page=False),
    # Orders
    Line("/orders", "/orders", status=303, page=False),
    Line("/{key}/list", "/orders/list"),
    Line("/{key}/list", "/orders/list?q={sign}-1001", foreign=LIKE_NONE, page=False),
    Line("/{key}/list", "/orders/list?filter=shop__in={shop}&page_size=10", foreign=LIKE_NONE),
    Line("/orders/new", "/orders/new?after=0", page=False),
    Line("/order-views", "/order-views", status=303, page=False),
    Line("/orders/{order_id:int}", "/orders/{order}"),
    Line("/orders/{order_id:int}", "/orders/{read order}"),
    Line("/orders/{order_id:int}", "/orders/{doubtful}"),
    Line("/orders/{order_id:int}/edit", "/orders/{doubtful}/edit", CLERK),
    # To check, mails
    Line("/check", "/check"),
    Line("/check/count", "/check/count", page=False),
    Line("/mails", "/mails", status=303, page=False),
    Line("/{key}/list", "/mails/list"),
    Line("/{key}/list", "/mails/list?shop={shop}", foreign=LIKE_NONE),
    Line("/mails/detail", "/mails/detail?pk={mail}", foreign=LIKE_NONE, status=303, page=False),
    Line("/mails/{mail:int}", "/mails/{mail}"),
    Line("/mails/{mail:int}", "/mails/{unreadable}"),
    Line("/mails/{mail:int}", "/mails/{quarantined}"),
    Line("/mails/{mail:int}", "/mails/{unproved}"),
    Line("/mails/{mail:int}", "/mails/{activation}"),
    Line("/mails/{mail:int}/raw", "/mails/{mail}/raw", page=False),
    Line("/mails/{mail:int}/html", "/mails/{mail}/html", page=False),
    # Imports
    Line("/imports", "/imports"),
    Line("/imports/new", "/imports/new", CLERK),
    Line("/imports/waiting/{word}", "/imports/waiting/{word}", CLERK, LIKE_NONE),
    Line("/imports/{run:int}", "/imports/{run}"),
    Line("/imports/{run:int}/undo", "/imports/{run}/undo", CLERK),
    # Articles, reports
    Line("/articles", "/articles", status=303, page=False),
    Line("/{key}/list", "/articles/list"),
    Line("/articles/detail", "/articles/detail?pk={article}", foreign=LIKE_NONE, status=303, page=False),
    Line("/articles/{article_id:int}", "/articles/{article}"),
    Line("/articles/articles.{kind}", "/articles/articles.csv", page=False),
    Line("/articles/articles.{kind}", "/articles/articles.xlsx", page=False),
    Line("/articles/{article_id:int}/end", "/articles/{article}/end", CLERK),
    Line("/articles/recognition", "/articles/recognition"),
    Line("/articles/recognition", "/articles/recognition?account={account}", page=False),
    Line("/articles/unassigned", "/articles/unassigned"),
    Line("/articles/unassigned", "/articles/unassigned?title={stray}", foreign=LIKE_NONE),
    Line("/articles/titles", "/articles/titles"),
    Line("/articles/import", "/articles/import", CLERK),
    Line("/reports", "/reports"),
    Line("/reports/{cut}.{kind}", "/reports/articles.csv", page=False),
    Line("/reports/{cut}.{kind}", "/reports/shops.xlsx", page=False),
    # Workbench
    Line("/workbench", "/workbench", CLERK),
    Line("/workbench", "/workbench?mail={unreadable}", CLERK),
    Line("/workbench/compare", "/workbench/compare", CLERK, page=False),
    # Settings
    Line("/settings/shops", "/settings/shops"),
    Line("/settings/shops/new", "/settings/shops/new", OWNER),
    Line("/settings/shops/{shop:int}", "/settings/shops/{shop}"),
    Line("/settings/shops/{shop:int}/address", "/settings/shops/{shop}/address"),
    Line("/settings/shops/{shop:int}/wait", "/settings/shops/{shop}/wait"),
    Line("/settings/shops/{shop:int}/close", "/settings/shops/{shop}/close", OWNER),
    Line("/settings/shops/{shop:int}/senders", "/settings/shops/{shop}/senders", status=303, page=False),
    Line("/settings/shops/{shop:int}/news", "/settings/shops/{shop}/news", page=False),
    Line("/settings/users", "/settings/users", OWNER),
    Line("/settings/users/invite", "/settings/users/invite", OWNER),
    Line("/settings/users/{user:int}", "/settings/users/{user}", OWNER),
    Line("/settings/accounts", "/settings/accounts", ADMINISTRATOR),
    Line("/settings/accounts/new", "/settings/accounts/new", ADMINISTRATOR),
    Line("/settings/accounts/{account:int}", "/settings/accounts/{account}", ADMINISTRATOR),
    Line("/settings/notices", "/settings/notices", OWNER),
    Line("/settings/notices", "/settings/notices?account={account}", OWNER),
    Line("/settings/profile", "/settings/profile"),
    # The framework's own, where nothing of ours is
    Line("/{key}/list", "/nothing/list", nobody=True),
    Line("/{key}/detail", "/orders/detail?pk={order}", nobody=True),
    Line("/{key}/create", "/orders/create", nobody=True),
    Line("/{key}/create", "/articles/create", nobody=True),
    Line("/{key}/create", "/mails/create", nobody=True),
    Line("/{key}/edit", "/orders/edit?pk={order}", nobody=True),
    Line("/{key}/edit", "/articles/edit?pk={article}", nobody=True),
    Line("/{key}/edit", "/mails/edit?pk={mail}", nobody=True),
    Line("/_api/{key}/inline-edit", "/_api/orders/inline-edit?pk={order}&field=number", nobody=True),
    Line("/_api/{key}/inline-edit/row", "/_api/orders/inline-edit/row?pk={order}", page=False),
    Line("/_api/{key}/relation-lookup", "/_api/orders/relation-lookup?pks={order}", foreign=LIKE_NONE, page=False),
    Line("/_api/{key}/relation-lookup", "/_api/orders/relation-lookup", page=False),
    Line("/_api/{key}/relation-lookup", "/_api/articles/relation-lookup?pks={article}", foreign=LIKE_NONE, page=False),
    Line("/_files/{storage}/{path:path}", "/_files/x/y", nobody=True),
)

LABEL = {"language": "de", "field": "total", "words": "Heller"}
SEEN, SEEN_DOUBTFUL = {"changed_at": "{seen order}"}, {"changed_at": "{seen doubtful}"}
ARTICLE = {"title": "{title} neu", "price": "9,90", "was_title": "{title}", "was_price": "9.90"}
MAIL = "X-Sample: synthetic\r\nSubject: Neue Bestellung\r\n\r\nBestellnummer: 7\r\n"

# In a sequence in which the owner can do one after the other with what is his.
ACTS = (
    Line("/orders/{order_id:int}/accept", "/orders/{doubtful}/accept", CLERK, fields=SEEN_DOUBTFUL, status=303),
    Line("/orders/{order_id:int}/state", "/orders/{order}/state", CLERK, fields=SEEN | {"state": "6"}, status=303),
    Line("/orders/{order_id:int}/restore", "/orders/{order}/restore", CLERK, fields=SEEN, status=303),
    Line("/orders/{order_id:int}/edit", "/orders/{order}/edit", CLERK, fields=SEEN | {"number": "Z1"}, status=303),
    Line("/_api/{key}/action", "/_api/orders/action?name=state&pks={order}", CLERK, LIKE_NONE, {"state": "4"},
         refused=400),
    Line("/_api/{key}/action", "/_api/orders/action?name=tag&pks={order}", CLERK, LIKE_NONE, {"add": "Eilig"},
         refused=400),
    Line("/_api/{key}/action", "/_api/orders/action?name=delete&pks={order}", CLERK, LIKE_NONE, refused=400),
    Line("/_api/{key}/action", "/_api/orders/action?name=restore&pks={order}", CLERK, LIKE_NONE, refused=400),
    Line("/_api/{key}/action", "/_api/orders/action?name=export&pks={order}", READER, LIKE_NONE, changes=False),
    Line("/order-views", "/order-views", fields={"name": "Meine", "query": "q=Tee"}, status=303),
    Line("/order-views/{view_id:int}/delete", "/order-views/{view}/delete", status=303),
    Line("/mails/{mail:int}/resend", "/mails/{mail}/resend", CLERK, status=303),
    Line("/mails/{mail:int}/reread", "/mails/{mail}/reread", CLERK),
    Line("/mails/{mail:int}/accept", "/mails/{quarantined}/accept", CLERK, status=303),
    Line("/mails/{mail:int}/file-away", "/mails/{unproved}/file-away", CLERK, status=303),
    Line("/imports/new", "/imports/new", CLERK, LIKE_NONE, {"shop": "{shop}", "vat_mode": "0", "format": ""},
         "orders.csv", changes=False, status=303),
    Line("/imports/waiting/{word}", "/imports/waiting/{word}", CLERK, LIKE_NONE, status=303),
    Line("/imports/{run:int}/undo", "/imports/{run}/undo", CLERK, status=303),
    Line("/articles/{article_id:int}", "/articles/{article}", CLERK, fields=ARTICLE, status=303),
    Line("/articles/unassigned", "/articles/unassigned", CLERK, fields={"item": "{item}", "sku": "KAN-12"}, status=303),
    Line("/articles/unassigned", "/articles/unassigned", CLERK, status=303,
         fields={"act": "new", "account": "{account}", "title": "{stray}", "sku": "NEU-1"}),
    Line("/articles/titles", "/articles/titles", CLERK, fields={"id": "{other title}", "act": "same"}, status=303),
    Line("/articles/import", "/articles/import", CLERK, UNREAD,
         {"act": "take", "account": "{account}", "content": "U0tVO1RpdGVsCkFCQztFdHdhcwo="}, status=303),
    Line("/articles/recognition", "/articles/recognition?account={account}", OWNER, status=303,
         fields={"by_sku": "on", "by_ean": "on"}),
    Line("/articles/{article_id:int}/end/merge", "/articles/{pot}/end/merge", CLERK, fields={"sku": "TEE-1"},
         status=303),
    Line("/articles/{article_id:int}/end/delete", "/articles/{article}/end/delete", CLERK, status=303),
    Line("/workbench/reading", "/workbench/reading?mail={unreadable}", CLERK, changes=False),
    Line("/workbench/reading", "/workbench/reading?shop={shop}", CLERK, file=MAIL, changes=False),
    Line("/workbench/case", "/workbench/case?mail={mail}", CLERK, changes=False),
    Line("/workbench/teach", "/workbench/teach", CLERK, fields=LABEL | {"shop": "{shop}"}),
    Line("/workbench/apply", "/workbench/apply", CLERK, fields={"mail": "{unreadable}"}),
    Line("/settings/shops/{shop:int}", "/settings/shops/{shop}", OWNER, status=303,
         fields={"name": "Anders", "minimum_age": "15", "vat_mode": "1"}),
    Line("/settings/shops/{shop:int}/labels", "/settings/shops/{shop}/labels", OWNER, status=303,
         fields=LABEL | {"words": "Taler"}),
    Line("/settings/shops/{shop:int}/labels/remove", "/settings/shops/{shop}/labels/remove", OWNER, status=303,
         fields=LABEL | {"words": "Obolus"}),
    Line("/settings/shops/{shop:int}/senders/policy", "/settings/shops/{shop}/senders/policy", OWNER, status=303,
         fields={"trust": "marked"}),
    Line("/settings/shops/{shop:int}/senders", "/settings/shops/{shop}/senders", OWNER, status=303,
         fields={"sender": "neu@a.example"}),
    Line("/settings/shops/{shop:int}/senders/remove", "/settings/shops/{shop}/senders/remove", OWNER,
         fields={"mark": "{mark}"}, status=303),
    Line("/settings/shops/{shop:int}/senders/secret", "/settings/shops/{shop}/senders/secret", OWNER, status=303),
    Line("/settings/shops/{shop:int}/senders/secret/drop", "/settings/shops/{shop}/senders/secret/drop", OWNER,
         status=303),
    Line("/settings/shops/{shop:int}/close", "/settings/shops/{shop}/close", OWNER, status=303),
    Line("/settings/shops/{shop:int}/open", "/settings/shops/{shop}/open", OWNER, status=303),
    Line("/settings/shops/new", "/settings/shops/new", OWNER, UNREAD, {"name": "Zweiter", "account": "{account}"},
         status=303),
    Line("/settings/users/invite", "/settings/users/invite", OWNER, UNREAD, status=303,
         fields={"email": "new@example.org", "role": "reader", "account": "{account}"}),
    Line("/settings/users/{user:int}", "/settings/users/{user}", OWNER, fields={"role": "clerk", "active": "on"},
         status=303),
    Line("/settings/users/{user:int}/invite", "/settings/users/{user}/invite", OWNER, changes=False, status=303),
    Line("/settings/users/{user:int}/second-factor-off", "/settings/users/{user}/second-factor-off", OWNER,
         changes=False, status=303),
    Line("/settings/accounts/new", "/settings/accounts/new", ADMINISTRATOR, status=303,
         fields={"email": "third@example.org", "name": "", "language": "de"}),
    Line("/settings/accounts/{account:int}", "/settings/accounts/{account}", ADMINISTRATOR, status=303,
         fields={"email": "moved@example.org", "name": "", "language": "de"}),
    Line("/settings/notices", "/settings/notices?account={account}", OWNER, status=303),
    Line("/settings/profile/language", "/settings/profile/language", fields={"language": "en"}, status=303),
    Line("/settings/profile/password", "/settings/profile/password", changes=False, status=422),
    Line("/settings/profile/totp", "/settings/profile/totp", changes=False, status=303),
    Line("/settings/profile/totp/off", "/settings/profile/totp/off", changes=False, status=422),
    # The framework's own, where nothing of ours is
    Line("/_api/{key}/row-action", "/_api/orders/row-action?name=delete&pk={order}", nobody=True),
    Line("/_api/{key}/row-action", "/_api/articles/row-action?name=delete&pk={article}", nobody=True),
    Line("/_api/{key}/import", "/_api/orders/import", nobody=True),
    Line("/_api/{key}/inline-edit", "/_api/orders/inline-edit?pk={order}&field=number", nobody=True),
    Line("/{key}/create", "/orders/create", nobody=True, fields={"number": "1"}),
    Line("/{key}/create", "/articles/create", nobody=True, fields={"sku": "1"}),
    Line("/{key}/create", "/mails/create", nobody=True, fields={"subject": "1"}),
    Line("/{key}/edit", "/orders/edit?pk={order}", nobody=True, fields={"number": "1"}),
    Line("/{key}/edit", "/articles/edit?pk={article}", nobody=True, fields={"sku": "1"}),
    Line("/{key}/edit", "/mails/edit?pk={mail}", nobody=True, fields={"subject": "1"}),
    # Who signs in, or out
    Line("/login", "/login", None, fields={"email": "x@example.org", "password": "wrong"}, changes=False, status=303),
    Line("/first/{word}", "/first/old", None, changes=False, status=410),
    Line("/password/{word}", "/password/old", None, changes=False, status=410),
    Line("/forgot", "/forgot", None, fields={"email": "nobody@example.org"}, changes=False),
    Line("/settings/profile/sign-out-everywhere", "/settings/profile/sign-out-everywhere", status=303,
         by=ADMINISTRATOR),
    Line("/logout", "/logout", status=303),
)  # fmt: skip


def routes_of(routes: list[BaseRoute], before: str = "") -> Iterator[tuple[str, str]]:
    """(method, path) of every page and act of an application; files of the window's own look are neither."""
    for each in routes:
        if isinstance(each, Mount) and each.name != "static":
            yield from routes_of(each.routes, before + each.path)
        elif isinstance(each, Route):
            for method in (each.methods or set()) - {"HEAD"}:
                yield method, before + each.path
